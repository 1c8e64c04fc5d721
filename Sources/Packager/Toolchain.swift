internal import BundleModel
internal import Glibc
internal import Synchronization

/// The programs that packaging needs, found once on a search path.
final class Toolchain: Sendable {
  /// Directories separated by colons.
  let searchPath: String
  let sandbox: Sandbox
  /// Directories of `PATH` that commands in the sandbox cannot read.
  private let outOfReach: [String]
  private let esbuild = Mutex<String?>(nil)

  /// - Parameter searchPath: nil means this process's `PATH`, without what the sandbox does not reach.
  init(searchPath: String?, sandbox: Sandbox) {
    self.sandbox = sandbox
    if let searchPath {
      self.searchPath = searchPath
      outOfReach = []
      return
    }
    let inherited =
      getenv("PATH").flatMap { String(validatingCString: $0) }?.nonBlank
      ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    let directories = inherited.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
    self.searchPath = directories.filter(sandbox.reaches).joined(separator: ":")
    outOfReach = directories.filter { !sandbox.reaches($0) }
  }

  /// The absolute path of a program; nil when the search path has none.
  func find(_ program: String) -> String? {
    Toolchain.find(program, in: searchPath.split(separator: ":").map(String.init))
  }

  private static func find(_ program: String, in directories: [String]) -> String? {
    for directory in directories where directory.hasPrefix("/") {
      let path = "\(directory)/\(program)"
      if access(path, X_OK) == 0, !FileTree.isDirectory(path) { return path }
    }
    return nil
  }

  /// Why a program was not found, and what to do. `hint` tells how to install it.
  func missing(_ program: String, hint: String) -> String {
    guard let path = Toolchain.find(program, in: outOfReach) else {
      return "\(program) is not on PATH; install it on the pod: \(hint)"
    }
    return "\(program) is \(path), where commands in the sandbox cannot read; start the pod with "
      + "--tool-directory and the directory that holds all of it, or install it for the whole system: \(hint)"
  }

  /// The program that bundles node sources. Class pod when it is not installed.
  func esbuildPath() throws(PackagingError) -> String {
    guard let path = find("esbuild") else {
      throw PackagingError(
        .pod, "node bundles need esbuild: \(missing("esbuild", hint: "apt-get install esbuild"))")
    }
    return path
  }

  /// What `esbuild --version` prints; asked once, then remembered.
  func esbuildVersion(_ interruption: Interruption) throws(PackagingError) -> String {
    if let known = esbuild.withLock({ $0 }) { return known }
    let command = Command(
      name: "esbuild --version", executable: try esbuildPath(), arguments: ["--version"], directory: "/",
      environment: ["PATH": searchPath, "LANG": "C.UTF-8"], limit: .seconds(20), grace: .seconds(1),
      outputLimit: 64 << 10, confinement: sandbox.confinement(view: nil, usage: .unlimited))
    let outcome = try ChildProcess.run(command, interruption)
    guard outcome.code == 0, let version = outcome.tail.nonBlank else {
      throw PackagingError(.pod, "esbuild --version ended with code \(outcome.code)", tail: outcome.tail)
    }
    esbuild.withLock { $0 = version }
    return version
  }
}
