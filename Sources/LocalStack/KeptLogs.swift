internal import Glibc
internal import Synchronization

/// Logs that outlive the directories they are written in, so that the test run can search all of them for secrets.
///
/// Only where `BUNDLETOP_TEST_LOGS` names a folder: `make test` says so.
package enum KeptLogs {
  private static let count = Atomic(0)

  /// The folder that keeps them, nil when nothing is kept.
  package static var folder: String? { Programs.variable("BUNDLETOP_TEST_LOGS") }

  /// A file of its own in the folder that keeps; nil when nothing is kept.
  package static func file(for name: String) -> String? {
    guard let folder else { return nil }
    let last = name.split(separator: "/").last.map(String.init) ?? "output"
    return "\(folder)/\(getpid())-\(count.add(1, ordering: .relaxed).newValue)-\(last)"
  }

  /// Makes a log that does not exist yet a link into the folder that keeps, which works across file systems.
  static func redirect(_ log: String) {
    var info = stat()
    guard lstat(log, &info) != 0, let kept = file(for: log) else { return }
    _ = symlink(kept, log)
  }
}
