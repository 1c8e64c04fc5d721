package import BundleModel
package import LegacyStore
package import Packager

/// What makes one catalog pod.
package struct PodSettings: Sendable {
  /// The name that people know it by; the owner id tells its processes apart.
  package var name: String
  /// Random for each process.
  package var owner: OwnerID
  /// Where other programs reach it, if it serves HTTP.
  package var url: String?
  /// Where its metrics are read.
  package var metricsURL: String?
  /// What the links that it answers begin with; nil when they are relative.
  package var publicURL: String?
  /// How it reads its own API; nil when it serves none.
  package var ownListener: OwnListener?
  package var version: String
  /// How many bundles are packaged at once.
  package var concurrency: Int
  /// The folder whose bundles it offers.
  package var examplesRoot: String
  /// What bundles may do and use.
  package var packaging: PackagingPolicy
  /// Where workspaces are made.
  package var temporaryDirectory: String
  /// Where it keeps bundles.
  package var mode = PersistenceMode.database
  /// The folder of AppHub's files; nil where there is none.
  package var directory: LegacyDirectory?

  package init(
    name: String, owner: OwnerID, url: String? = nil, version: String, concurrency: Int, examplesRoot: String,
    packaging: PackagingPolicy, temporaryDirectory: String
  ) {
    self.name = name
    self.owner = owner
    self.url = url
    self.version = version
    self.concurrency = concurrency
    self.examplesRoot = examplesRoot
    self.packaging = packaging
    self.temporaryDirectory = temporaryDirectory
  }
}
