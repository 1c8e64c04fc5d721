internal import BundleModel

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
