internal import BundleModel

/// Which places a descriptor may name. Nothing is allowed by default.
package struct DescriptorRules: Equatable, Sendable {
  /// Directories that local paths must lie in.
  package var roots: [String]
  /// Beginnings of git URLs, `https://host/path/`.
  package var gitPrefixes: [String]
  /// Certificates that git trusts instead of the system's, PEM; nil: the system's.
  package var gitCertificates: String?
  /// Seconds and bytes for one checkout.
  package var gitTime: Duration
  package var gitSize: Int64

  package init(
    roots: [String] = [], gitPrefixes: [String] = [], gitCertificates: String? = nil,
    gitTime: Duration = .seconds(120), gitSize: Int64 = 512 << 20
  ) {
    self.roots = roots
    self.gitPrefixes = gitPrefixes
    self.gitCertificates = gitCertificates
    self.gitTime = gitTime
    self.gitSize = gitSize
  }

  /// What is wrong with the rules themselves; nil when they can be used.
  package var complaint: String? {
    for root in roots where FileTree.realPath(root).map({ !FileTree.isDirectory($0) }) ?? true {
      return "--descriptor-root \(root): no such directory"
    }
    for prefix in gitPrefixes where GitURL.problem(prefix) != nil || !prefix.hasSuffix("/") {
      return "--descriptor-git \(prefix): give the beginning of https URLs, with a slash at its end"
    }
    if let file = gitCertificates, !FileTree.isFile(FileTree.realPath(file) ?? file) {
      return "--descriptor-git-ca \(file): no such file"
    }
    return nil
  }

  /// The real path of a local directory or config that a descriptor names, with the root that it lies in. Class
  /// bundle.
  func local(_ path: String) throws(PackagingError) -> (path: String, root: String) {
    let allowed = roots.compactMap { FileTree.realPath($0) }
    guard !allowed.isEmpty else {
      throw PackagingError(.bundle, "this pod takes no local paths in descriptors: start it with --descriptor-root")
    }
    guard path.hasPrefix("/"), !path.utf8.contains(0) else {
      throw PackagingError(.bundle, "descriptor: path \"\(path)\" must be absolute")
    }
    // The same answer whether it is missing or forbidden: nobody learns here what else the pod has.
    guard let real = FileTree.realPath(path), let root = allowed.first(where: { FileTree.isInside(real, $0) })
    else {
      throw PackagingError(
        .bundle, "descriptor: \"\(path)\" is not in a directory that this pod takes descriptors from")
    }
    return (real, root)
  }

  /// Fails (class bundle) for a URL that this pod does not fetch from.
  func check(repo: String) throws(PackagingError) {
    guard !gitPrefixes.isEmpty else {
      throw PackagingError(.bundle, "this pod takes no git URLs in descriptors: start it with --descriptor-git")
    }
    if let problem = GitURL.problem(repo) { throw PackagingError(.bundle, "descriptor: repo \(problem)") }
    guard gitPrefixes.contains(where: { repo.utf8.starts(with: $0.utf8) }) else {
      throw PackagingError(.bundle, "descriptor: \(repo) is not on this pod's list of repositories")
    }
  }
}
