internal import Glibc

/// The temporary directory of one run: `$TMPDIR/bundletop-stack-*`.
///
/// It is claimed by a lock on the file `owner` (flock(2)), which the kernel drops when we end, however we end. A pid
/// in a file would do the same only where pids are not shared between containers or given out again; ours is
/// written there for people. The file `servers` lists the processes to stop if we cannot.
package final class StackDirectory: Sendable {
  static let prefix = "bundletop-stack-"

  /// The absolute path, without links.
  package let path: String
  private let lock: Int32

  private init(path: String, lock: Int32) {
    self.path = path
    self.lock = lock
  }

  /// Makes and claims a new directory; its parent is TMPDIR or /tmp.
  package static func create() throws(LocalStackError) -> StackDirectory {
    let parent = try temporaryFolder()
    var template = Array(("\(parent)/\(prefix)" + String(repeating: "X", count: 6)).utf8CString)
    guard mkdtemp(&template) != nil else { throw .system("cannot make a directory in \(parent)", errno) }
    let path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    // The servers' own directories inside are closed; an unprivileged server must be able to get there.
    chmod(path, 0o711)
    let lock = open("\(path)/owner", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else { throw .system("cannot claim \(path)", errno) }
    let directory = StackDirectory(path: path, lock: lock)
    try writeText((ProcessIdentity(pid: getpid())?.text ?? "\(getpid())") + "\n", to: "\(path)/owner")
    return directory
  }

  /// Notes a process that must not outlive this run.
  package func record(_ process: ManagedProcess) throws(LocalStackError) {
    guard let identity = process.identity else { return }
    try writeText(identity.text + "\n", to: "\(path)/servers", append: true)
  }

  /// Makes a directory inside, readable by its owner only.
  package func makeFolder(_ name: String) throws(LocalStackError) -> String {
    try makeFolder(name, user: nil)
  }

  /// The same, for a server that runs as somebody else.
  func makeFolder(_ name: String, user: SystemUser?) throws(LocalStackError) -> String {
    let folder = "\(path)/\(name)"
    guard mkdir(folder, 0o700) == 0 else { throw .system("cannot make \(folder)", errno) }
    if let user, chown(folder, user.uid, user.gid) != 0 {
      throw .system("cannot give \(folder) to \(user.name)", errno)
    }
    return folder
  }

  /// Removes everything. The servers must have been stopped.
  package func remove() throws(LocalStackError) {
    try removeTree(path)
  }

  deinit { close(lock) }

  /// TMPDIR, else /tmp, as an absolute path without links.
  static func temporaryFolder() throws(LocalStackError) -> String {
    let wanted = Programs.variable("TMPDIR") ?? "/tmp"
    guard let real = realpath(wanted, nil) else {
      throw .system("cannot use the temporary directory \(wanted) (set TMPDIR to another)", errno)
    }
    defer { free(real) }
    let path = String(cString: real)
    return path == "/" ? "" : path
  }
}
