/// Where the sources of a bundle are, when they are not found by slug.
package struct Descriptor: Hashable, Sendable, Codable {
  package var module: String
  package var repo: String?
  package var path: String?
  package var ref: String?
  package var commit: String?
  package var configPath: String?

  package init(
    module: String, repo: String? = nil, path: String? = nil, ref: String? = nil, commit: String? = nil,
    configPath: String? = nil
  ) {
    self.module = module
    self.repo = repo
    self.path = path
    self.ref = ref
    self.commit = commit
    self.configPath = configPath
  }
}

/// What was asked for when a bundle was enqueued.
package struct JobOptions: Hashable, Sendable {
  /// Build even when the cache has the answer.
  package var force: Bool
  package var skipBuild: Bool
  package var minify: Bool
  package var descriptor: Descriptor?

  package init(force: Bool = false, skipBuild: Bool = false, minify: Bool = false, descriptor: Descriptor? = nil) {
    self.force = force
    self.skipBuild = skipBuild
    self.minify = minify
    self.descriptor = descriptor
  }
}
