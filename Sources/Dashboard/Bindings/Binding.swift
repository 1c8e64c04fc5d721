internal import Terminal

/// One key's meaning in one mode, declared once: dispatch, footer and help read the same words.
struct Binding: Sendable {
  /// Any of these; the first one is shown.
  let keys: [Key]
  let action: Action
  /// One or two words for the footer.
  let title: String
  /// A sentence for help.
  let description: String
  /// Changes the world.
  let isDangerous: Bool
  let isInFooter: Bool
  /// Why it cannot be done now; nil when it can.
  let disabledReason: @Sendable (DashboardState) -> Phrase?

  init(
    _ keys: Key..., action: Action, title: String, description: String, isDangerous: Bool = false,
    isInFooter: Bool = false, disabledReason: @escaping @Sendable (DashboardState) -> Phrase? = { _ in nil }
  ) {
    self.keys = keys
    self.action = action
    self.title = title
    self.description = description
    self.isDangerous = isDangerous
    self.isInFooter = isInFooter
    self.disabledReason = disabledReason
  }
}
