package import BundleModel

/// What a pod says of itself when it starts.
package struct PodRegistration: Sendable {
  package var worker: Worker
  package var url: String?
  package var metricsURL: String?
  /// What the links that it answers begin with; nil when they are relative.
  package var publicURL: String?
  package var version: String
  package var mode: PersistenceMode
  /// Identity of the object store that the pod writes to.
  package var store: String
  package var concurrency: Int
  /// What it offers, with versions.
  package var catalogue: [(slug: Slug, version: String?)]
  /// What a person should know, such as duplicate slugs.
  package var notes: [String]
  /// Its directory of AppHub's files.
  package var directory: PodDirectory?

  package init(
    worker: Worker, url: String? = nil, metricsURL: String? = nil, publicURL: String? = nil, version: String,
    mode: PersistenceMode = .database, store: String, concurrency: Int, catalogue: [(slug: Slug, version: String?)],
    notes: [String] = [], directory: PodDirectory? = nil
  ) {
    self.worker = worker
    self.url = url
    self.metricsURL = metricsURL
    self.publicURL = publicURL
    self.version = version
    self.mode = mode
    self.store = store
    self.concurrency = concurrency
    self.catalogue = catalogue
    self.notes = notes
    self.directory = directory
  }
}
