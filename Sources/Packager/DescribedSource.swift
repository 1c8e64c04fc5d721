package import BundleModel
internal import Glibc
internal import ProcessControl

/// The sources that a descriptor names, there until it is closed.
package struct DescribedSource: Sendable {
  package let source: BundleSource
  private let checkout: Workspace?

  /// Finds the sources, fetching them when they are in git.
  ///
  /// Fails with class bundle for a descriptor that is wrong or not allowed, timeout for a slow server.
  /// - Parameters:
  ///   - slug: the bundle that the job is about; another one's descriptor is refused.
  ///   - temporaryDirectory: where a checkout is made.
  package static func open(
    _ descriptor: Descriptor, slug: Slug, rules: DescriptorRules, packager: Packager, temporaryDirectory: String
  ) async throws(PackagingError) -> DescribedSource {
    let toolchain = packager.toolchain
    // Room for the copy after git's own deadline.
    return try await OwnThread.run(within: rules.gitTime + .seconds(60)) {
      (interruption) throws(PackagingError) in
      let finder = DescriptorFinder(descriptor: descriptor, slug: slug)
      try finder.checkShape()
      guard let repo = descriptor.repo else {
        let (path, root) = try rules.local(descriptor.path ?? "")
        return DescribedSource(source: try finder.source(at: path, boundary: root), checkout: nil)
      }
      try rules.check(repo: repo)
      let workspace = try Workspace.create(in: temporaryDirectory, slug: slug, label: "checkout")
      do throws(PackagingError) {
        let git = GitCheckout(
          url: repo, ref: descriptor.ref, commit: descriptor.commit, rules: rules, toolchain: toolchain,
          workspace: workspace)
        try git.run(interruption)
        let source = try finder.source(at: workspace.bundle, boundary: workspace.bundle)
        return DescribedSource(source: source, checkout: workspace)
      } catch {
        FileTree.remove(workspace.root)
        throw error
      }
    }
  }

  /// Removes what was fetched, also in a cancelled task.
  package func close() async { await checkout?.remove() }
}

/// Finds a bundle through a descriptor file, AppHub's `config.json`:
/// `{"configVersion": …, "module": NAME, "manifests": [{"path": …, "kind": "bundle"}]}`.
struct DescriptorFinder {
  let descriptor: Descriptor
  let slug: Slug

  /// The file's name when the descriptor names none.
  static let filename = "config.json"

  /// Fails (class bundle) unless there is exactly one place and every field can be used.
  func checkShape() throws(PackagingError) {
    guard descriptor.module.nonBlank != nil else { throw wrong("module is required") }
    guard (descriptor.repo == nil) != (descriptor.path == nil) else {
      throw wrong("give either repo or path")
    }
    if descriptor.path != nil, descriptor.ref != nil || descriptor.commit != nil {
      throw wrong("ref and commit belong to a repo")
    }
    if let ref = descriptor.ref, !GitURL.isRef(ref) { throw wrong("ref \"\(ref)\" is no branch or tag") }
    if let commit = descriptor.commit, !GitURL.isCommit(commit.lowercased()) {
      throw wrong("commit \"\(commit)\" must have all of its 40 or 64 hex digits")
    }
    if let path = descriptor.configPath, RelativePath(path) == nil {
      throw wrong("configPath \"\(path)\" must be a relative path without \"..\"")
    }
  }

  /// The bundle of the job's slug below a directory, or named by a descriptor file. Nothing outside of `boundary` is
  /// read.
  func source(at start: String, boundary: String) throws(PackagingError) -> BundleSource {
    let config: String
    if FileTree.isFile(start) {
      guard descriptor.configPath == nil else { throw wrong("path names a file; configPath needs a directory") }
      config = start
    } else {
      let name = descriptor.configPath ?? DescriptorFinder.filename
      config = try inside("\(start)/\(name)", name, boundary)
    }
    let shown = String(config.split(separator: "/").last ?? "")
    let fields = try FieldReader(
      json: FileDescriptor.contents(of: config, limit: BundleSource.sizeLimit), path: shown)
    let module = String(descriptor.module.trimmingBlanks())
    guard try fields.string("module") == module else {
      throw fields.wrong("module", "is not \"\(module)\", which the descriptor names")
    }
    let directory = String(config[..<(config.lastIndex(of: "/") ?? config.startIndex)])
    var seen: [String] = []
    for (index, manifest) in try fields.objects("manifests").enumerated() {
      let kind = try manifest.string("kind") ?? "bundle"
      guard kind == "bundle" else { continue }
      guard let written = try manifest.string("path"), let path = RelativePath(written) else {
        throw fields.wrong("manifests[\(index)].path", "must be a relative path without \"..\"")
      }
      var real = try inside("\(directory)/\(path)", path.text, boundary)
      if !FileTree.isDirectory(real) {
        guard real.hasSuffix("/" + BundleConfig.filename) else { continue }
        real = String(real.dropLast(BundleConfig.filename.utf8.count + 1))
      }
      var source = try BundleSource.load(directory: real)
      source.boundary = boundary
      if source.slug == slug { return source }
      seen.append(source.slug.text)
    }
    let others = seen.isEmpty ? "no bundle" : seen.prefix(10).joined(separator: ", ")
    throw PackagingError(.bundle, "\(shown) does not name the bundle \(slug); it names \(others)")
  }

  private func inside(_ path: String, _ shown: String, _ boundary: String) throws(PackagingError) -> String {
    guard let real = FileTree.realPath(path), FileTree.isInside(real, boundary) else {
      throw wrong("\(shown): no such file where the descriptor points to")
    }
    return real
  }

  private func wrong(_ what: String) -> PackagingError { PackagingError(.bundle, "descriptor: \(what)") }
}
