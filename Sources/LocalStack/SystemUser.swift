internal import Glibc

/// An account that a server runs as when we are root, because Postgres refuses to run as root.
struct SystemUser: Sendable {
  let name: String
  let uid: UInt32
  let gid: UInt32

  /// `postgres` where it exists, else `nobody`; nil when we are not root and run servers as ourselves.
  static func forServers() throws(LocalStackError) -> SystemUser? {
    guard geteuid() == 0 else { return nil }
    for name in ["postgres", "nobody"] {
      if let entry = getpwnam(name) {
        return SystemUser(name: name, uid: entry.pointee.pw_uid, gid: entry.pointee.pw_gid)
      }
    }
    throw LocalStackError(.systemCall, "Postgres does not run as root, and there is no user postgres or nobody")
  }

  /// The words that run a program as this user.
  ///
  /// Where the way to `path` is closed to others (root's TMPDIR may be, `mktemp -d` makes it so), the server gets the
  /// one capability that opens it: to search and read any directory.
  func prefix(reaching path: String) -> [String] {
    var words = ["setpriv", "--reuid", String(uid), "--regid", String(gid), "--clear-groups"]
    if !canReach(path) { words += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"] }
    return words + ["--"]
  }

  private func canReach(_ path: String) -> Bool {
    var folder = ""
    for part in path.split(separator: "/") {
      folder += "/\(part)"
      var info = stat()
      guard stat(folder, &info) == 0 else { return false }
      let bit = info.st_uid == uid ? S_IXUSR : info.st_gid == gid ? S_IXGRP : S_IXOTH
      if info.st_mode & bit == 0 { return false }
    }
    return true
  }
}
