internal import BundleModel
internal import Glibc
internal import ProcessControl

/// The folder that a prefix is fetched into. No link in it leads anywhere else.
struct DownloadFolder: Sendable {
  let path: String

  /// Makes the folder unless it is there. Blocks.
  init(_ path: String) throws(CommandFailure) {
    var path = path
    while path.utf8.count > 1, path.utf8.last == 47 { path = String(decoding: path.utf8.dropLast(), as: UTF8.self) }
    self.path = path
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw CommandFailure(.failed, "cannot make \(path): \(systemReason())")
    }
    var facts = stat()
    guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
      throw CommandFailure(.usage, "\(path) is no folder")
    }
  }

  /// The path of a file, after making the folders above it. Blocks.
  ///
  /// - Parameter relative: as `DownloadPlan` made it.
  func file(_ relative: String) throws(DownloadPlan.Refusal) -> String {
    let bytes = Array(relative.utf8)
    for index in bytes.indices where bytes[index] == 47 {
      let folder = "\(path)/\(String(decoding: bytes[..<index], as: UTF8.self))"
      guard mkdir(folder, 0o777) == 0 || errno == EEXIST else {
        throw DownloadPlan.Refusal("cannot make \(folder): \(systemReason())")
      }
      var facts = stat()
      // A link may lead out of the folder, whoever made it.
      guard lstat(folder, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
        throw DownloadPlan.Refusal("\(folder) is no folder")
      }
    }
    let file = "\(path)/\(relative)"
    var facts = stat()
    if lstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR {
      throw DownloadPlan.Refusal("\(file) is a folder")
    }
    return file
  }

  /// Syncs the folders that files came into, and those above: only then do the names survive a power cut. Blocks.
  ///
  /// - Parameter paths: as `DownloadPlan` made them.
  func sync(above paths: [String]) throws(CommandFailure) {
    var folders: Set<[UInt8]> = [[]]
    for path in paths {
      let bytes = Array(path.utf8)
      for index in bytes.indices where bytes[index] == 47 { folders.insert(Array(bytes[..<index])) }
    }
    for folder in folders {
      let place = folder.isEmpty ? path : "\(path)/\(String(decoding: folder, as: UTF8.self))"
      let descriptor = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard descriptor >= 0 else { throw CommandFailure(.failed, "cannot open \(place): \(systemReason())") }
      defer { close(descriptor) }
      guard fsync(descriptor) == 0 else {
        throw CommandFailure(.failed, "cannot sync \(place): \(systemReason())")
      }
    }
  }
}
