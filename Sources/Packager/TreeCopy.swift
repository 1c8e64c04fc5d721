internal import BundleModel
internal import Glibc

/// Copies a directory tree: contents, the executable bit, and links that stay inside.
enum TreeCopy {
  /// `destination` must exist. Fails with class bundle for what cannot be read, pod for what cannot be written.
  static func copy(
    from source: String, to destination: String, _ interruption: Interruption, ignores: (RelativePath) -> Bool
  ) throws(PackagingError) {
    let entries = try FileTree.entries(of: source, links: .insideOnly, interruption, ignores: ignores)
    var lastParent: RelativePath?
    for entry in entries {
      if let parent = entry.path.parent, parent != lastParent {
        try FileTree.makeDirectories(parent, in: destination)
        lastParent = parent
      }
      let to = "\(destination)/\(entry.path)"
      switch entry.kind {
      case .link(let target): try FileTree.makeLink(to, to: target)
      case .file(let isExecutable, _):
        try copyFile("\(source)/\(entry.path)", to: to, isExecutable: isExecutable, interruption)
      }
    }
  }

  /// Copies one regular file to a place where nothing is.
  static func copyFile(
    _ source: String, to destination: String, isExecutable: Bool, _ interruption: Interruption
  ) throws(PackagingError) {
    let from = try FileDescriptor.reading(source)
    let to = try FileDescriptor.creating(destination)
    try from.forEachChunk(interruption) { (bytes) throws(PackagingError) in try to.write(bytes) }
    // Whatever the umask is.
    guard fchmod(to.number, isExecutable ? 0o755 : 0o644) == 0 else {
      throw .system("cannot set the mode of", destination, errno: errno)
    }
  }
}
