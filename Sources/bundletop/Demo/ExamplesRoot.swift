internal import BundleModel
internal import Glibc
internal import ProcessControl

/// Where the example bundles are.
enum ExamplesRoot {
  /// The folder named on the command line, else `examples` in the working directory, beside the program or above it.
  static func find(_ named: String?) throws -> String {
    if let named {
      guard isDirectory(named), let path = absolute(named) else {
        throw CommandFailure(.usage, "--examples-root: there is no folder \(named)")
      }
      return path
    }
    var starts = [absolute(".")].compactMap { $0 }
    if var folder = ThisProcess.executableDirectory() {
      while folder.count > 1 {
        starts.append(folder)
        folder = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? ""
      }
    }
    for start in starts where isDirectory(start + "/examples") { return start + "/examples" }
    throw CommandFailure(.usage, "no folder `examples` here or beside the program: name one with --examples-root")
  }

  private static func isDirectory(_ path: String) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
  }

  private static func absolute(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
