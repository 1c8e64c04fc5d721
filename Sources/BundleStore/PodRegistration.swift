package import BundleModel

/// What a pod says of itself when it starts.
package struct PodRegistration: Sendable {
  package var worker: Worker
  package var url: String?
  package var metricsURL: String?
  /// What the links that it answers begin with; nil when they are relative.
  package var publicURL: String?
  package var version: String
  package var persistence: String
  /// Identity of the object store that the pod writes to.
  package var store: String
  package var concurrency: Int
  /// What it offers, with versions.
  package var catalogue: [(slug: Slug, version: String?)]
  /// What a person should know, such as duplicate slugs.
  package var notes: [String]
  /// The folder of AppHub's files, and how many of them nobody has moved yet.
  package var legacy: (path: String, unmigrated: Int)?

  package init(
    worker: Worker, url: String? = nil, metricsURL: String? = nil, publicURL: String? = nil, version: String,
    persistence: String = "database", store: String, concurrency: Int, catalogue: [(slug: Slug, version: String?)],
    notes: [String] = [],
    legacy: (path: String, unmigrated: Int)? = nil
  ) {
    self.worker = worker
    self.url = url
    self.metricsURL = metricsURL
    self.publicURL = publicURL
    self.version = version
    self.persistence = persistence
    self.store = store
    self.concurrency = concurrency
    self.catalogue = catalogue
    self.notes = notes
    self.legacy = legacy
  }
}
