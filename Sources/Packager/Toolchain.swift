internal import BundleModel
internal import Glibc
internal import Synchronization

/// The programs that packaging needs, found once on a search path.
final class Toolchain: Sendable {
  /// Directories separated by colons.
  let searchPath: String
  private let esbuild = Mutex<String?>(nil)

  init(searchPath: String?) {
    self.searchPath =
      searchPath ?? getenv("PATH").flatMap { String(validatingCString: $0) }?.nonBlank
      ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
  }

  /// The absolute path of a program; nil when the search path has none.
  func find(_ program: String) -> String? {
    for directory in searchPath.split(separator: ":") where directory.hasPrefix("/") {
      let path = "\(directory)/\(program)"
      if access(path, X_OK) == 0, !FileTree.isDirectory(path) { return path }
    }
    return nil
  }

  /// The program that bundles node sources. Class pod when it is not installed.
  func esbuildPath() throws(PackagingError) -> String {
    guard let path = find("esbuild") else {
      throw PackagingError(.pod, "node bundles need esbuild, which is not on PATH: apt-get install esbuild")
    }
    return path
  }

  /// What `esbuild --version` prints; asked once, then remembered.
  func esbuildVersion(_ interruption: Interruption) throws(PackagingError) -> String {
    if let known = esbuild.withLock({ $0 }) { return known }
    let command = Command(
      name: "esbuild --version", executable: try esbuildPath(), arguments: ["--version"], directory: "/",
      environment: ["PATH": searchPath, "LANG": "C.UTF-8"], limit: .seconds(20), grace: .seconds(1),
      outputLimit: 64 << 10)
    let outcome = try ChildProcess.run(command, interruption)
    guard outcome.code == 0, let version = outcome.tail.nonBlank else {
      throw PackagingError(.pod, "esbuild --version ended with code \(outcome.code)", tail: outcome.tail)
    }
    esbuild.withLock { $0 = version }
    return version
  }
}
