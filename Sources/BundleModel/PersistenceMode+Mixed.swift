extension PersistenceMode {
  /// Why modes that differ need a person's eye, in one line; nil when all are the same.
  ///
  /// - Parameter modes: those of the live pods, as they wrote them.
  package static func warning(mixed modes: some Sequence<String>) -> String? {
    let modes = Set(modes).sorted()
    guard modes.count > 1 else { return nil }
    let named = modes.map { UntrustedText.line($0, limit: 40) }.joined(separator: ", ")
    return "live pods keep bundles in different modes (\(named)): finish the rollout, or start the others again"
  }
}

extension Sequence<Pod> {
  /// Why the modes of those that are alive need a person's eye, in one line; nil when all are the same.
  package var mixedModes: String? {
    PersistenceMode.warning(mixed: lazy.filter { $0.presence == .live }.map(\.persistence))
  }
}
