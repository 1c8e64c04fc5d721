package import BundleModel

/// How quickly changes reach a reader.
package enum Freshness: Equatable, Sendable {
  /// The doorbell works; a ring of our own took this long.
  case live(Duration)
  /// Only polling brings news.
  case polling
}

/// What a follower of the feed learns.
package enum FeedEvent: Sendable {
  /// Everything, at the start and whenever a cursor could not be continued.
  case resync([BundleStatus])
  case changes([BundleStatus], removed: [Slug])
  /// Nothing changed; what is known is as of now.
  case current
  /// Who is there to do the work, a moment ago.
  case crew(Crew)
  case freshness(Freshness)
  /// The database does not answer; the next try follows.
  case unreachable(StoreError, retryIn: Duration)
}
