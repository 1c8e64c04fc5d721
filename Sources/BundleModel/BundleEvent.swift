/// Where an event stands among all events of a database: by transaction, then by number within.
///
/// Its text is `<xid>-<seq>`, the id that clients of the event stream see and resume from on any pod.
package struct EventPosition: Hashable, Comparable, Sendable {
  package var transaction: UInt64
  package var number: Int64

  package init(transaction: UInt64, number: Int64) {
    self.transaction = transaction
    self.number = number
  }

  /// Reads a position as `text` writes it; nil for any other text.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let isPlain = parts.allSatisfy { part in
      (1...20).contains(part.utf8.count) && part.utf8.allSatisfy { (48...57).contains($0) }
    }
    guard parts.count == 2, isPlain, let transaction = UInt64(parts[0]), let number = Int64(parts[1]) else {
      return nil
    }
    self.init(transaction: transaction, number: number)
  }

  package var text: String { "\(transaction)-\(number)" }

  package static func < (a: EventPosition, b: EventPosition) -> Bool {
    (a.transaction, a.number) < (b.transaction, b.number)
  }
}

/// One thing that happened to bundles, as it was when it happened.
package struct BundleEvent: Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    /// The status that a bundle had then; its artifact is the one of the event's own fingerprint.
    case progress(BundleStatus)
    /// The status was deleted.
    case removed(Slug)
    /// All statuses were emptied at once: whoever keeps a copy reads everything again.
    case resync
  }
  package var position: EventPosition
  package var kind: Kind
  /// By the database's clock.
  package var at: Timestamp

  package init(position: EventPosition, kind: Kind, at: Timestamp) {
    self.position = position
    self.kind = kind
    self.at = at
  }
}
