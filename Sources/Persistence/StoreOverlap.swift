package import ArtifactStorage
internal import BundleModel
internal import Glibc
package import LegacyStore

extension LegacyDirectory {
  /// Why archives of this store must not be copied into this directory, in one line; nil when they may.
  ///
  /// A store that lies in the directory, or around it, would take the copies for objects that no row names, and `gc`
  /// would delete them. Blocks on the file system.
  package func overlap(with artifacts: any ArtifactStore) -> String? {
    guard let root = (artifacts as? LocalArtifactStore)?.root else { return nil }
    let store = LegacyDirectory.canonical(root) + "/"
    let own = LegacyDirectory.canonical(path) + "/"
    guard store.hasPrefix(own) || own.hasPrefix(store) else { return nil }
    return
      "the object store \(UntrustedText.line(root)) and the legacy directory \(UntrustedText.line(path)) lie in "
      + "one another: set APPHUB_BUNDLE_STORAGE_ROOT to another folder"
  }

  /// Without links, as far as it exists.
  private static func canonical(_ path: String) -> String {
    if let real = realpath(path, nil) {
      defer { free(real) }
      return String(cString: real)
    }
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex else { return path }
    let rest = String(path[path.index(after: slash)...])
    return rest.isEmpty ? canonical(String(path[..<slash])) : canonical(String(path[..<slash])) + "/" + rest
  }
}
