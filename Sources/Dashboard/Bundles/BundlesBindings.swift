internal import Terminal

/// The keys of the Bundles view.
extension BundlesView {
  static let table = actions + looking + Bindings.moving
  static let detail = actions + looking + Bindings.scrolling

  static let actions: [Binding] = [
    Binding(
      Key("r"), action: .bundle(.retry), title: "retry",
      description: "package a failed bundle again, after a question", isDangerous: true, isInFooter: true,
      disabledReason: { $0.reasonAgainstRetry }),
    Binding(
      Key("f"), action: .bundle(.force), title: "force",
      description: "rebuild even what the cache has, after a question", isDangerous: true, isInFooter: true,
      disabledReason: { $0.reasonAgainstForce }),
    Binding(
      Key("g"), action: .bundle(.sign), title: "sign link",
      description: "a short-lived link to the archive, copied", isDangerous: true, isInFooter: true,
      disabledReason: { $0.reasonAgainstSigning }),
    Binding(
      Key("c"), action: .bundle(.copyChecksum), title: "copy", description: "copy the archive's SHA-256",
      isInFooter: true, disabledReason: { $0.reasonAgainstCopying }),
  ]

  static let looking: [Binding] =
    [
      Binding(
        Key(.enter), Key("d"), action: .bundle(.toggleDetail), title: "detail",
        description: "stages, attempts, error and archive of the bundle; once more closes", isInFooter: true,
        disabledReason: { $0.selection == nil ? "no bundle is selected" : nil }),
      Binding(
        Key(.tab), action: .bundle(.switchFocus), title: "focus",
        description: "arrows scroll the detail beside the table",
        disabledReason: { $0.detail.isOpen ? nil : "no detail is open: Enter opens it" }),
      Binding(
        Key("/"), action: .editFilter, title: "filter",
        description: "words, state:failed,running, pod:NAME, stage:NAME; all must hold", isInFooter: true),
    ] + Bindings.looking
}
