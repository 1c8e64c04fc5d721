/// A status of AppHub's old store on disk, as far as it tells whether the database knows it.
package struct StatusOnDisk: Equatable, Sendable {
  package var slug: Slug
  /// What it says of itself; nil when it does not.
  package var updatedAt: Timestamp?
  /// Below the old store's folder.
  package var path: String
  package var modifiedAt: Timestamp

  package init(slug: Slug, updatedAt: Timestamp?, path: String, modifiedAt: Timestamp) {
    self.slug = slug
    self.updatedAt = updatedAt
    self.path = path
    self.modifiedAt = modifiedAt
  }
}
