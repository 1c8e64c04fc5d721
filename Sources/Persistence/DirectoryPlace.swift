internal import Glibc
internal import LegacyStore

/// What tells whether a directory is still the one of a moment ago: it may have been moved away, or another may have
/// come in its place.
struct DirectoryPlace: Equatable, Sendable {
  private struct Folder: Equatable {
    var device: dev_t
    var inode: ino_t
  }

  private let root: Folder
  /// Nil while there is none.
  private let inner: [Folder?]

  /// Looks; nil when there is no directory. Blocks.
  init?(of directory: LegacyDirectory) {
    guard let root = DirectoryPlace.look(directory.path) else { return nil }
    self.root = root
    inner = ["status", "artifacts"].map { DirectoryPlace.look("\(directory.path)/\($0)") }
  }

  /// Whether statuses were ever written to it.
  var hasStatuses: Bool { inner[0] != nil }

  /// Whether it is the directory of `before`: a folder that has come since then makes no difference, one that has
  /// gone does.
  func continues(_ before: DirectoryPlace) -> Bool {
    root == before.root && zip(inner, before.inner).allSatisfy { $1 == nil || $0 == $1 }
  }

  private static func look(_ path: String) -> Folder? {
    var facts = stat()
    guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else { return nil }
    return Folder(device: facts.st_dev, inode: facts.st_ino)
  }
}
