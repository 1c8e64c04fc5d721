internal import BundleModel
import Glibc

extension LegacyDirectory {
  /// Removes exactly the file that was looked at; only `migrate clean` does this. Blocks.
  ///
  /// The caller has proved the checksum; here path, size and time are compared once more.
  ///
  /// - Returns: false when it has gone or differs: then it is kept.
  package func remove(_ file: LegacyFile) throws(LegacyError) -> Bool {
    let chain = try LegacyDirectory.chain(file.path)
    guard let name = chain.last, let folder = try LegacyFolder.open(path, chain.dropLast()),
      case .file(let stamp)? = try folder.look(name), LegacyDirectory.isSame(stamp, file)
    else { return false }
    guard unlinkat(folder.descriptor, name, 0) == 0 else {
      if errno == ENOENT { return false }
      throw LegacyError("cannot remove", "\(folder.shown)/\(name)", errno)
    }
    // Not synced: what a crash brings back is proved still, and goes the next time.
    return true
  }

  /// Removes the folders below the directory that hold nothing, deepest first; the directory itself stays. Blocks.
  package func removeEmptyFolders() throws(LegacyError) {
    try LegacyDirectory.removeEmpty(in: try LegacyFolder.root(path), depth: 0)
  }

  /// The paths of all that lies in `artifacts/`, folders apart, by their bytes; nothing is opened but folders. Blocks.
  package func archivePaths() throws(LegacyError) -> [String] {
    guard let folder = try LegacyFolder.open(path, [LegacyName.archives]) else { return [] }
    var paths: [String] = []
    try LegacyDirectory.collect(in: folder, LegacyName.archives, depth: 0, &paths)
    return paths
  }

  private static func collect(
    in folder: borrowing LegacyFolder, _ path: String, depth: Int, _ paths: inout [String]
  ) throws(LegacyError) {
    for bytes in try folder.names() {
      let name = String(decoding: bytes, as: UTF8.self)
      if depth < 8, try folder.look(name) == .other(.folder), let below = try folder.folder(name) {
        try collect(in: below, "\(path)/\(name)", depth: depth + 1, &paths)
      } else {
        paths.append("\(path)/\(name)")
      }
    }
  }

  private static func isSame(_ stamp: LegacyStamp, _ file: LegacyFile) -> Bool {
    stamp.size == file.size && stamp.modifiedAt == file.modifiedAt
  }

  private static func removeEmpty(in folder: borrowing LegacyFolder, depth: Int) throws(LegacyError) {
    guard depth < 8 else { return }
    for bytes in try folder.names() {
      guard let name = String(validating: bytes, as: UTF8.self), try folder.look(name) == .other(.folder),
        let below = try folder.folder(name)
      else { continue }
      try removeEmpty(in: below, depth: depth + 1)
      // One that holds something, or that somebody writes into this very moment, refuses.
      unlinkat(folder.descriptor, name, AT_REMOVEDIR)
    }
  }
}
