/// The directory in which AppHub kept bundles, as the pod beside it describes it.
package struct PodDirectory: Equatable, Sendable {
  /// On the pod's own disk.
  package var path: String
  /// Its id, which copies of it share; nil while the pod does not know it.
  package var source: String?
  /// How many of its statuses the database does not know, or knows older; nil while the pod does not know.
  package var unmigrated: Int?
  /// In dual mode, how it follows the database: `in step`, `behind` or `failed: REASON`, perhaps with more behind it.
  package var following: String?

  package init(path: String, source: String? = nil, unmigrated: Int? = nil, following: String? = nil) {
    self.path = path
    self.source = source
    self.unmigrated = unmigrated
    self.following = following
  }
}
