/// The names of events in the stream.
enum EventNames {
  /// A status, as it was then. AppHub's event.
  static let progress = "example.bundle.progress"
  /// A bundle has no status any more; ours.
  static let removed = "example.bundle.removed"
  /// What came before is not continued: whoever keeps statuses reads the list again; ours.
  static let resync = "example.bundle.resync"
}
