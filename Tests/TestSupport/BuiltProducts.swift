internal import Glibc

/// The programs that were built together with the running tests.
package enum BuiltProducts {
  /// The absolute path of a program, such as `bundlepod`.
  ///
  /// The tests run either as `NAME.xctest` or in a helper of the toolchain that got the path of it as an argument.
  package static func path(_ name: String) throws -> String {
    let places = ["/proc/self/exe"] + CommandLine.arguments.filter { $0.contains(".xctest") }
    var tried: [String] = []
    for place in places {
      guard let real = realpath(place, nil) else { continue }
      defer { free(real) }
      var folders = String(cString: real).split(separator: "/")
      while folders.popLast() != nil {
        let path = folders.reduce("") { "\($0)/\($1)" }
        guard path.contains("/.build") || folders.last?.hasSuffix("debug") == true else { break }
        if access("\(path)/\(name)", X_OK) == 0 && isFile("\(path)/\(name)") { return "\(path)/\(name)" }
        tried.append(path)
      }
    }
    throw TestSupportError("\(name) is not built (looked into \(tried.joined(separator: ", "))): run `swift build`")
  }

  private static func isFile(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG
  }
}
