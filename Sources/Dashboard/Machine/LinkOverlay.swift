internal import BundleModel

/// A signed link on the screen.
struct LinkOverlay: Sendable {
  var link: SignedLink
  var isRevealed = false
  /// What became of the last copy; nil while it is under way.
  var copied: Phrase?

  /// The link serves no more: nothing is left to show.
  func isExpired(at now: Timestamp) -> Bool { now >= link.expiresAt }
}
