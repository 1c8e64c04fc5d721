internal import BundleModel
internal import CSpawn
internal import Glibc

/// What keeps the commands of bundles away from this pod's secrets: an allow-list of files, no capabilities, no look
/// into other processes, no way out of the process group.
package struct Sandbox: Equatable, Sendable {
  /// Nil where the system offers nothing: then neither build commands nor install scripts may run.
  package let kind: SandboxKind?
  /// Where programs are found beside the system's own directories; readable as a whole. Absolute, no links.
  package let toolDirectories: [String]

  package init(kind: SandboxKind?, toolDirectories: [String] = []) {
    self.kind = kind
    self.toolDirectories = toolDirectories.compactMap { FileTree.realPath($0) }
  }

  /// The best that this kernel offers, found by asking it.
  package static func detect(toolDirectories: [String] = []) -> Sandbox {
    Sandbox(kind: detected, toolDirectories: toolDirectories)
  }

  /// Asked once: a kernel does not change its mind.
  private static let detected: SandboxKind? = {
    // The filter is what holds a command in its process group.
    guard cspawn_has_filters() == 1 else { return nil }
    let landlock = cspawn_landlock_version()
    // The first version refuses every rename into another directory, which package managers do all the time.
    if landlock >= 2 { return .landlock }
    if cspawn_has_namespaces() == 1 { return .namespaces }
    return landlock == 1 ? .landlock : nil
  }()

  /// Where distributions keep programs and their data.
  static let systemDirectories = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"]

  /// Files outside of those that programs need: name service, certificates, time zone, the machine's size.
  private static let systemFiles = [
    "/etc/alternatives", "/etc/ca-certificates", "/etc/group", "/etc/host.conf", "/etc/hosts", "/etc/ld.so.cache",
    "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/mime.types", "/etc/nsswitch.conf",
    "/etc/os-release", "/etc/passwd", "/etc/pki/ca-trust", "/etc/pki/tls/certs", "/etc/protocols",
    "/etc/resolv.conf", "/etc/services", "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/timezone",
    "/dev/random", "/dev/urandom", "/proc/cpuinfo", "/proc/loadavg", "/proc/meminfo", "/proc/stat", "/proc/version",
    "/sys/devices/system/cpu",
  ]

  private static let writableDevices = ["/dev/null", "/dev/zero", "/dev/full"]

  /// The bounds of one command.
  func confinement(
    reading: [String] = [], writing: [String] = [], view: String?, network: Bool = false, usage: UsageLimits
  ) -> Confinement {
    Confinement(
      kind: view == nil && kind == .namespaces ? nil : kind,
      readable: Sandbox.systemDirectories + Sandbox.systemFiles + toolDirectories + reading,
      writable: Sandbox.writableDevices + writing, view: view, network: network, usage: usage)
  }

  /// True for a program's directory that commands can read.
  func reaches(_ directory: String) -> Bool {
    guard kind != nil else { return true }
    guard let real = FileTree.realPath(directory) else { return false }
    return (Sandbox.systemDirectories + toolDirectories).contains { FileTree.isInside(real, $0) }
  }

  /// Why commands that a bundle brings along must not run on this pod; nil when they may.
  ///
  /// - Parameter environment: this process's, which names the files that hold its secrets.
  package func complaint(environment: [String: String], readable: [String] = []) -> String? {
    guard kind != nil else {
      return "install scripts and build commands cannot be allowed here: this system offers neither Landlock "
        + "nor user namespaces together with seccomp filters to keep them from this pod's secrets"
    }
    let granted = Sandbox.systemDirectories + toolDirectories + readable
    for (name, path) in Sandbox.secrets(environment) {
      guard let real = FileTree.realPath(path),
        let directory = granted.first(where: { FileTree.isInside(real, FileTree.realPath($0) ?? $0) })
      else { continue }
      return "install scripts and build commands cannot be allowed: \(name) is \(path), in \(directory), which "
        + "commands can read; move it elsewhere"
    }
    return nil
  }

  /// Where programs keep secrets of a user.
  private static let inHome = [
    ".aws", ".azure", ".config", ".docker", ".git-credentials", ".kube", ".netrc", ".npmrc", ".pgpass",
    ".postgresql", ".ssh",
  ]

  /// The files and directories that hold secrets of a process with this environment, with what names them.
  static func secrets(_ environment: [String: String]) -> [(name: String, path: String)] {
    var found = [("a mounted secret", "/run/secrets"), ("a mounted secret", "/var/run/secrets")]
    for (name, value) in environment.sorted(by: { $0.key < $1.key }) where value.hasPrefix("/") {
      let isSecret =
        name.hasSuffix("_FILE") || ["PGPASSFILE", "PGSERVICEFILE", "PGSSLKEY"].contains(name)
      if isSecret { found.append((name, value)) }
      if name == "HOME" { found += inHome.map { ("a secret of this user", "\(value)/\($0)") } }
    }
    return found
  }
}
