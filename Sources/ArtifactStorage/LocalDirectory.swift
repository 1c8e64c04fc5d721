internal import BundleModel
import Glibc
internal import ProcessControl
internal import S3

/// A directory store's tree. Every call blocks: use it off the cooperative pool.
struct LocalDirectory: Sendable {
  let root: String

  init(_ root: String) { self.root = root }

  /// Every regular file below the root whose key begins with `prefix`, by the bytes of the key.
  func objects(prefix: String, cancel: CancelFlag) throws(StorageError) -> [StoredObject] {
    var found: [StoredObject] = []
    var pending = [""]
    while let folder = pending.popLast() {
      guard !cancel.isSet else { throw StorageError(.cancelled, "listing \(root) was cancelled") }
      for name in try names(in: folder) {
        let key = folder + name
        var info = stat()
        guard lstat(root + "/" + key, &info) == 0 else { continue }  // gone since
        switch info.st_mode & S_IFMT {
        case S_IFDIR: pending.append(key + "/")
        case S_IFREG where key.utf8.starts(with: prefix.utf8) && !LocalDirectory.isTemporary(name):
          let seconds = Int64(info.st_mtim.tv_sec) * 1_000_000 + Int64(info.st_mtim.tv_nsec) / 1000
          found.append(
            StoredObject(key: key, size: Int64(info.st_size), lastModified: Timestamp(microseconds: seconds)))
        default: break
        }
      }
    }
    return found.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }

  /// Throws unless files can be made in the root.
  func checkWritable() throws(StorageError) {
    guard access(root, R_OK | W_OK | X_OK) == 0 else {
      let code = errno
      throw StorageError(
        code == EACCES || code == EROFS ? .denied : .unavailable,
        "cannot write to \(root): \(systemReason(code))")
    }
  }

  private func names(in folder: String) throws(StorageError) -> [String] {
    guard let directory = opendir(root + "/" + folder) else {
      if errno == ENOENT { return [] }
      throw StorageError(.file, "cannot list \(root)/\(folder): \(systemReason(errno))")
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// What `TemporaryFile` makes.
  private static func isTemporary(_ name: String) -> Bool { name.hasPrefix(".") && name.hasSuffix(".part") }
}
