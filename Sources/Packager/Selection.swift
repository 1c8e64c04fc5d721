internal import BundleModel

/// A file that goes into the archive.
struct SelectedFile: Equatable, Sendable {
  /// Its name in the archive, and below the bundle's directory.
  var path: RelativePath
  var isExecutable: Bool
  /// Bytes.
  var size: Int64
}

/// Chooses what of a built bundle goes into the archive.
enum Selection {
  /// The chosen files, sorted by the bytes of their names.
  ///
  /// Fails (class bundle) for a missing manifest or Python entry, and for a chosen symbolic link.
  static func files(
    in directory: String, config: BundleConfig, manifest: Manifest, _ interruption: Interruption
  ) throws(PackagingError) -> [SelectedFile] {
    var wanted: [Glob] = []
    for (index, pattern) in config.files.enumerated() {
      guard RelativePath(pattern) != nil else { throw .escape("files[\(index)]", pattern) }
      guard let glob = Glob(pattern) else {
        throw PackagingError(
          .bundle, "\(BundleConfig.filename): files[\(index)] \"\(pattern)\" has too many alternatives")
      }
      wanted.append(glob)
    }
    guard let manifestPath = RelativePath(config.manifestPath) else {
      throw .escape("manifestPath", config.manifestPath)
    }
    var named: Set<RelativePath> = [manifestPath]
    var pythonDirectory: RelativePath??
    if manifest.isPython {
      let entry = try pythonEntry(in: directory, config: config, manifest: manifest)
      named.insert(entry)
      pythonDirectory = .some(entry.parent)
      if let requirements = RelativePath(config.pythonRequirementsPath ?? "requirements.txt"),
        FileTree.isFile("\(directory)/\(requirements)")
      {
        named.insert(requirements)
      }
    }
    let modules = RelativePath.component("node_modules")
    let entries = try FileTree.entries(of: directory, links: .listed, interruption) { path in
      path == modules || path.name == "__pycache__" || path.name.hasSuffix(".pyc")
    }
    var files: [SelectedFile] = []
    var missing = named
    for entry in entries {
      let isNamed = missing.remove(entry.path) != nil
      guard
        isNamed || wanted.contains(where: { $0.matches(entry.path) })
          || pythonDirectory.map({ isPythonSource(entry.path, below: $0) }) ?? false
      else { continue }
      guard case .file(let isExecutable, let size) = entry.kind else {
        throw PackagingError(
          .bundle, "\(entry.path) is a symbolic link; archives hold regular files only: copy the file instead")
      }
      files.append(SelectedFile(path: entry.path, isExecutable: isExecutable, size: size))
    }
    if let lost = missing.min() { throw PackagingError(.bundle, "\(lost): no such file in the bundle") }
    return files
  }

  /// The file where Python starts: the config's, else the manifest's when it is there, else `src/main.py`.
  private static func pythonEntry(
    in directory: String, config: BundleConfig, manifest: Manifest
  ) throws(PackagingError) -> RelativePath {
    if let written = config.pythonEntry {
      guard let path = RelativePath(written) else { throw .escape("pythonEntry", written) }
      return path
    }
    if let written = manifest.pythonEntry, let path = RelativePath(written), FileTree.isFile("\(directory)/\(path)")
    {
      return path
    }
    guard let path = RelativePath("src/main.py") else { throw .escape("pythonEntry", "src/main.py") }
    return path
  }

  private static func isPythonSource(_ path: RelativePath, below directory: RelativePath?) -> Bool {
    path.name.hasSuffix(".py") && !path.components.contains { $0.hasPrefix(".") }
      && directory.map { path.isInside($0) } ?? true
  }
}
