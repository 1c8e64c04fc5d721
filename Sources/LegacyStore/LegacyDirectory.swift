internal import Glibc

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
    do throws(LegacyError) {
      let root = try LegacyFolder.root(path)
      var count = 0
      if case .file? = try root.look(LegacyName.map) { count += 1 }
      if let folder = try root.folder(LegacyName.statuses) {
        count += try folder.names().count(where: LegacyName.isStatus)
      }
      return .files(min(count, limit), orMore: count > limit)
    } catch {
      return error.kind == .missing ? .absent : .unreadable(error.message)
    }
  }

  private static func isDirectory(_ path: String) -> Bool {
    var facts = stat()
    return lstat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
  }
}
