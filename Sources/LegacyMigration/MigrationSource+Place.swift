internal import Glibc
internal import LegacyStore

extension MigrationSource {
  /// The directory's path from the root, for whoever reads of it elsewhere; as it was named where that fails.
  var wholePath: String {
    guard let whole = realpath(directory.path, nil) else { return directory.path }
    defer { free(whole) }
    return String(cString: whole)
  }
}
