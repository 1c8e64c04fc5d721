internal import BundleModel

/// A question that waits for yes or no, bound to what the person saw when asking.
struct Question: Equatable, Sendable {
  var slug: Slug
  var seen: SeenState
  var isForced: Bool
}
