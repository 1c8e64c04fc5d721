internal import Glibc
internal import ProcessControl

/// The folder in which an AppHub pod kept status files and archives before they moved into the durable store.
///
/// Source: contract section 6. Nothing here follows a name out of the folder, and nothing throws: a folder that
/// cannot be read is a fact to report, not a reason to stop a pod.
package struct LegacyDirectory: Equatable, Sendable {
  /// Where it is.
  package let path: String

  package init(path: String) { self.path = path }

  /// The folder that the settings name, else the first of AppHub's own places that exists; nil when there is none.
  package static func find(environment: [String: String]) -> LegacyDirectory? {
    if let named = environment["APPHUB_BUNDLE_LEGACY_DIR"], !named.isEmpty { return LegacyDirectory(path: named) }
    guard let root = environment["APPHUB_REPO_ROOT"], !root.isEmpty else { return nil }
    return ["catalog", "core"].map { "\(root)/services/\($0)/data/example-bundles" }
      .first { isDirectory($0) }.map { LegacyDirectory(path: $0) }
  }

  /// Status files that nobody has moved yet.
  package enum Count: Equatable, Sendable {
    /// As many, `status.json` counting as one; `orMore` when the count was cut off.
    case files(Int, orMore: Bool)
    /// The folder is not there, so there is nothing to move.
    case absent
    /// It is there and cannot be read: the system's reason.
    case unreadable(String)
  }

  /// Counts the status files, up to `limit`. Blocks on the file system.
  package func countStatusFiles(limit: Int = 10_000) -> Count {
    guard LegacyDirectory.isDirectory(path) else { return errno == EACCES ? unreadable : .absent }
    var count = LegacyDirectory.isFile(path + "/status.json") ? 1 : 0
    guard let folder = DirectoryReader.open(path + "/status") else {
      return errno == ENOENT ? .files(count, orMore: false) : unreadable
    }
    while let name = folder.next() {
      guard name.suffix(5).elementsEqual(".json".utf8), name.first != UInt8(ascii: ".") else { continue }
      count += 1
      if count >= limit { return .files(count, orMore: true) }
    }
    return .files(count, orMore: false)
  }

  private var unreadable: Count { .unreadable(systemReason(errno)) }

  private static func isDirectory(_ path: String) -> Bool { mode(path) == S_IFDIR }

  private static func isFile(_ path: String) -> Bool { mode(path) == S_IFREG }

  private static func mode(_ path: String) -> mode_t? {
    var facts = stat()
    return lstat(path, &facts) == 0 ? facts.st_mode & S_IFMT : nil
  }
}
