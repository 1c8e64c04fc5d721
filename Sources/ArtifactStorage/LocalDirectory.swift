internal import BundleModel
import Glibc
internal import ProcessControl

/// An open directory.
struct DirectoryHandle: ~Copyable {
  let descriptor: CInt

  init(_ descriptor: CInt) { self.descriptor = descriptor }

  deinit { close(descriptor) }
}

/// A directory store's tree. Every call blocks: use it off the cooperative pool.
///
/// The root may be a symbolic link; below it no link is ever followed, so that one that somebody planted leads
/// nowhere: each folder is opened from the one above it, not by its path.
struct LocalDirectory: Sendable {
  let root: String

  init(_ root: String) { self.root = root }

  /// Opens the folder at the end of a chain.
  ///
  /// - Parameter creating: make what is missing, durably.
  /// - Returns: nil when there is none; while creating, when it vanished again because somebody tidied up.
  func open(_ folders: some Sequence<String>, creating: Bool = false) throws(StorageError) -> DirectoryHandle? {
    if creating { try createRoot() }
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
    let top = Glibc.open(root, flags)
    guard top >= 0 else {
      if errno == ENOENT { return nil }
      throw failure("cannot open", "", errno)
    }
    var handle = DirectoryHandle(top)
    var path = ""
    for folder in folders {
      path += "/" + folder
      var next = openat(handle.descriptor, folder, flags | O_NOFOLLOW)
      if next < 0, errno == ENOENT, creating {
        guard mkdirat(handle.descriptor, folder, 0o755) == 0 || errno == EEXIST else {
          if errno == ENOENT { return nil }
          throw failure("cannot create the directory", path, errno)
        }
        guard fsync(handle.descriptor) == 0 else { throw failure("cannot sync the directory above", path, errno) }
        next = openat(handle.descriptor, folder, flags | O_NOFOLLOW)
      }
      guard next >= 0 else {
        let code = errno
        if code == ENOENT { return nil }
        guard code == ENOTDIR || code == ELOOP else { throw failure("cannot open", path, code) }
        var info = stat()
        if fstatat(handle.descriptor, folder, &info, AT_SYMLINK_NOFOLLOW) == 0, info.st_mode & S_IFMT == S_IFLNK {
          throw StorageError(.denied, "\(root)\(path) is a symbolic link, which is not followed inside the store")
        }
        if !creating { return nil }
        throw failure("cannot open", path, ENOTDIR)
      }
      handle = DirectoryHandle(next)
    }
    return handle
  }

  /// The path that a key stands for, for messages.
  func shown(_ key: LocalKey) -> String { "\(root)/\(UntrustedText.line(key.text, limit: 300))" }

  /// Removes a key's file and the folders that are empty then.
  func remove(_ key: LocalKey) throws(StorageError) {
    guard let parent = try open(key.folders) else { return }
    guard unlinkat(parent.descriptor, key.name, 0) == 0 || errno == ENOENT else {
      throw StorageError(.file, "cannot remove \(shown(key)): \(systemReason(errno))")
    }
    fsync(parent.descriptor)
    var folders = key.folders[...]
    while let last = folders.popLast() {
      // A folder that is not empty, or that somebody writes into this very moment, refuses.
      guard let above = try open(folders), unlinkat(above.descriptor, last, AT_REMOVEDIR) == 0 else { return }
    }
  }

  /// Every regular file below the root whose key begins with `prefix`, by the bytes of the key.
  func objects(prefix: String, heart: Heartbeat) throws(StorageError) -> [StoredObject] {
    var found: [StoredObject] = []
    var pending: [[String]] = [[]]
    while let folders = pending.popLast() {
      try heart.beat("listing \(root)")
      guard let handle = try open(folders) else { continue }  // gone since
      let path = folders.map { $0 + "/" }.joined()
      for name in try names(handle, path) {
        let key = path + name
        var info = stat()
        guard fstatat(handle.descriptor, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
        switch info.st_mode & S_IFMT {
        case S_IFDIR where LocalDirectory.mayHold(prefix, key + "/"): pending.append(folders + [name])
        case S_IFREG where key.utf8.starts(with: prefix.utf8) && !LocalDraft.isName(name):
          let seconds = Int64(info.st_mtim.tv_sec) * 1_000_000 + Int64(info.st_mtim.tv_nsec) / 1000
          found.append(
            StoredObject(key: key, size: Int64(info.st_size), lastModified: Timestamp(microseconds: seconds)))
        default: break
        }
      }
    }
    return found.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }

  /// Makes the root, and throws unless files can be made in it.
  func checkWritable() throws(StorageError) {
    try createRoot()
    guard access(root, R_OK | W_OK | X_OK) == 0 else {
      let code = errno
      throw StorageError(
        code == EACCES || code == EROFS ? .denied : .unavailable,
        "cannot write to \(root): \(systemReason(code))")
    }
  }

  private func createRoot() throws(StorageError) {
    var info = stat()
    if stat(root, &info) == 0, info.st_mode & S_IFMT == S_IFDIR { return }
    let bytes = Array((root + "/").utf8)
    for index in bytes.indices where bytes[index] == 47 && index > 0 {
      let directory = String(decoding: bytes[..<index], as: UTF8.self)
      if mkdir(directory, 0o755) != 0, errno != EEXIST {
        let code = errno
        // On a read-only or foreign parent, mkdir may name another reason for a directory that is there.
        guard stat(directory, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else {
          throw StorageError(
            code == EACCES || code == EPERM ? .denied : .file,
            "cannot create the directory \(directory): \(systemReason(code))")
        }
      }
    }
  }

  /// False when no key below a folder can begin with the prefix.
  private static func mayHold(_ prefix: String, _ folder: String) -> Bool {
    folder.utf8.starts(with: prefix.utf8) || prefix.utf8.starts(with: folder.utf8)
  }

  private func names(_ handle: borrowing DirectoryHandle, _ path: String) throws(StorageError) -> [String] {
    let copy = fcntl(handle.descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0, let directory = DirectoryReader.open(descriptor: copy) else {
      let code = errno
      if copy >= 0 { close(copy) }
      throw failure("cannot list", "/" + path, code)
    }
    var names: [String] = []
    while let name = directory.next() { names.append(String(decoding: name, as: UTF8.self)) }
    return names
  }

  private func failure(_ what: String, _ path: String, _ code: CInt) -> StorageError {
    let kind: StorageError.Kind = code == EACCES || code == EPERM || code == EROFS ? .denied : .file
    return StorageError(kind, "\(what) \(root)\(UntrustedText.line(path, limit: 300)): \(systemReason(code))")
  }
}
