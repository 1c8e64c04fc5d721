package import BundleModel

/// Who is there to do the work.
package struct Crew: Equatable, Sendable {
  /// Every live pod, and the last known process of each name that has no live one.
  package var pods: [Pod]
  /// What the live pods offer.
  package var offered: Set<Slug>
  /// Who is not to take jobs.
  package var pauses: [Pause]
  /// The database's clock when it answered.
  package var clock: Timestamp
}
