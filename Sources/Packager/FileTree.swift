internal import BundleModel
internal import Glibc
internal import ProcessControl

/// One file of a directory tree.
struct TreeEntry: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    case file(isExecutable: Bool, size: Int64)
    /// A symbolic link that stays inside the tree, with its relative target.
    case link(target: String)
  }

  var path: RelativePath
  var kind: Kind
}

/// Lists directory trees without ever following a symbolic link.
enum FileTree {
  /// What is done about symbolic links.
  enum Links {
    /// Listed when they stay inside the tree, else an error (class bundle).
    case insideOnly
    /// Listed wherever they point; the target is not read.
    case listed
  }

  /// Every file below `root`, sorted by the bytes of its path.
  ///
  /// Fails (class bundle) on unreadable directories, names that are not UTF-8, sockets, devices and pipes.
  /// - Parameter ignores: true for a path that is not looked at, with all below it.
  static func entries(
    of root: String, links: Links, _ interruption: Interruption? = nil, ignores: (RelativePath) -> Bool
  ) throws(PackagingError) -> [TreeEntry] {
    var out: [TreeEntry] = []
    var pending: [RelativePath?] = [nil]
    while let directory = pending.popLast() {
      try interruption?.check()
      for name in try names(in: directory.map { "\(root)/\($0)" } ?? root) {
        let path = directory?.appending(name) ?? .component(name)
        if ignores(path) { continue }
        let full = "\(root)/\(path)"
        var status = stat()
        guard lstat(full, &status) == 0 else { throw .system("cannot look at", full, errno: errno, class: .bundle) }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: pending.append(path)
        case S_IFREG:
          let kind = TreeEntry.Kind.file(
            isExecutable: status.st_mode & S_IXUSR != 0, size: Int64(status.st_size))
          out.append(TreeEntry(path: path, kind: kind))
        case S_IFLNK:
          let target = links == .insideOnly ? try targetInside(root, path) : ""
          out.append(TreeEntry(path: path, kind: .link(target: target)))
        default:
          throw PackagingError(.bundle, "\(path) is neither a file nor a directory; take it out of the bundle")
        }
      }
    }
    return out.sorted { $0.path < $1.path }
  }

  /// The names in one directory, unsorted, without `.` and `..`.
  static func names(in directory: String) throws(PackagingError) -> [String] {
    guard let reader = DirectoryReader.open(directory) else {
      throw .system("cannot read", directory, errno: errno, class: .bundle)
    }
    var out: [String] = []
    while let name = reader.next() {
      guard let text = String(validating: name, as: UTF8.self) else {
        throw PackagingError(
          .bundle,
          "\(directory) holds a name that is not UTF-8: \(String(decoding: name, as: UTF8.self)); rename it")
      }
      out.append(text)
    }
    guard reader.failure == 0 else {
      throw .system("cannot read", directory, errno: reader.failure, class: .bundle)
    }
    return out
  }

  /// Where a link points, when that is inside `root`, relative, and there; else an error (class bundle).
  private static func targetInside(_ root: String, _ path: RelativePath) throws(PackagingError) -> String {
    let full = "\(root)/\(path)"
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes { bytes in
      readlink(full, bytes.assumingMemoryBound(to: CChar.self).baseAddress!, bytes.count)
    }
    guard count > 0, let target = String(validating: buffer[..<count], as: UTF8.self) else {
      throw PackagingError(.bundle, "\(path) is a symbolic link that cannot be read")
    }
    guard !target.hasPrefix("/"), let end = realPath(full), let top = realPath(root), isBelow(end, top) else {
      throw PackagingError(
        .bundle, "\(path) is a symbolic link to \(target), which is not inside the bundle; replace it by a file")
    }
    return target
  }

  /// The path without symbolic links; nil when nothing is there.
  static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(validatingCString: resolved)
  }

  /// True for a path that lies below `directory`; both absolute and without links.
  static func isBelow(_ path: String, _ directory: String) -> Bool {
    path.utf8.starts(with: (directory + "/").utf8)
  }

  /// The same, and true for the directory itself.
  static func isInside(_ path: String, _ directory: String) -> Bool {
    path.utf8.elementsEqual(directory.utf8) || directory == "/" || isBelow(path, directory)
  }

  /// True for an existing directory, or a link to one.
  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// True for an existing regular file that is no link.
  static func isFile(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// True for an existing directory that is no link.
  static func isRealDirectory(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Makes a directory that was not there. Class pod.
  static func makeDirectory(_ path: String) throws(PackagingError) {
    guard mkdir(path, 0o755) == 0 else { throw .system("cannot make the directory", path, errno: errno) }
  }

  /// Makes a symbolic link. Class pod.
  static func makeLink(_ path: String, to target: String) throws(PackagingError) {
    guard symlink(target, path) == 0 else { throw .system("cannot make the link", path, errno: errno) }
  }

  /// Makes a directory and those above it, below `root`, which must exist.
  ///
  /// Class pod; class bundle when one of them is something else, such as a link that a build left: through it, this
  /// pod itself would write elsewhere.
  static func makeDirectories(_ path: RelativePath, in root: String) throws(PackagingError) {
    if let parent = path.parent { try makeDirectories(parent, in: root) }
    let full = "\(root)/\(path)"
    guard mkdir(full, 0o755) == 0 || errno == EEXIST else {
      throw .system("cannot make the directory", full, errno: errno)
    }
    guard isRealDirectory(full) else {
      throw PackagingError(.bundle, "\(path) must be a directory, and is something else, such as a symbolic link")
    }
  }

  /// Removes a file or a whole tree, never following a link; true when nothing is left.
  @discardableResult
  static func remove(_ path: String) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else { return errno == ENOENT }
    guard status.st_mode & S_IFMT == S_IFDIR else { return unlink(path) == 0 || errno == ENOENT }
    chmod(path, 0o700)  // a build may have taken its own permission away
    for name in allNames(in: path) { removeEntry(path, name) }
    return rmdir(path) == 0 || errno == ENOENT
  }

  /// All names, read before the first is removed: what readdir(3) tells of a directory that changes is not said.
  private static func allNames(in directory: String) -> [[UInt8]] {
    guard let reader = DirectoryReader.open(directory) else { return [] }
    var names: [[UInt8]] = []
    while let name = reader.next() { names.append(name) }
    return names
  }

  /// A build may leave names that are no UTF-8: those are moved to a name that is, then removed.
  private static func removeEntry(_ directory: String, _ name: [UInt8]) {
    if let text = String(validating: name, as: UTF8.self) {
      remove("\(directory)/\(text)")
      return
    }
    let from = (Array("\(directory)/".utf8) + name + [0]).map { CChar(bitPattern: $0) }
    let to = "\(directory)/.not-utf8"
    if from.withUnsafeBufferPointer({ rename($0.baseAddress!, to) }) == 0 { remove(to) }
  }
}
