internal import BundleModel

/// The detail pane and what was read for it.
struct DetailPane: Sendable {
  var isOpen = false
  /// Keys go to the pane beside the table.
  var hasFocus = false
  var scroll = 0
  var content: BundleDetail?
  var failure: (slug: Slug, reason: String)?
  /// Asked for and not answered yet.
  var inFlight: Slug?
  /// The row changed since the content was asked for.
  var isStale = false
}
