internal import Glibc
internal import ProcessControl

/// Removes what killed runs left behind.
package enum Sweep {
  /// How long a directory without an owner file counts as one that is just being made.
  private static let grace = 60

  /// Stops the servers and removes the directories of runs that have died. Returns the paths of the removed.
  ///
  /// A live run's directory is never touched: its owner holds the lock. What cannot be removed is left to the next
  /// sweep; it must not keep this run from starting.
  @discardableResult
  package static func run() async -> [String] {
    let removed = try? await DetachedThread.value { () throws(LocalStackError) in try sweep() }
    return removed ?? []
  }

  private static func sweep() throws(LocalStackError) -> [String] {
    let parent = try StackDirectory.temporaryFolder()
    var removed: [String] = []
    for name in entries(of: parent.isEmpty ? "/" : parent) where name.hasPrefix(StackDirectory.prefix) {
      let path = "\(parent)/\(name)"
      var info = stat()
      // Somebody else's directory, or a link that leads elsewhere, is not ours to judge.
      guard lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR, info.st_uid == geteuid() else { continue }
      let lock = open("\(path)/owner", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
      if lock < 0 {
        guard errno == ENOENT, time(nil) - info.st_mtim.tv_sec > grace else { continue }
        if (try? removeTree(path)) != nil { removed.append(path) }
        continue
      }
      defer { close(lock) }
      guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { continue }
      stopServers(listedIn: "\(path)/servers")
      if (try? removeTree(path)) != nil { removed.append(path) }
    }
    return removed
  }

  /// The lifelines normally did this already; it is for the case that a guard was killed too.
  private static func stopServers(listedIn file: String) {
    let servers = (readText(file, limit: 65_536) ?? "").split(separator: "\n").compactMap {
      ProcessIdentity(text: $0)
    }
    for (signal, patience) in [(SIGINT, 300), (SIGTERM, 100), (SIGKILL, 200)] {
      for server in servers { server.signal(signal) }
      for _ in 0..<patience {
        if !servers.contains(where: \.isAlive) { return }
        blockThread(milliseconds: 10)
      }
    }
  }
}
