internal import Glibc

/// The programs of others that `make deps-test` installs in `.tools`, and what the repository holds for tests.
package enum TestTools {
  /// The repository's folder.
  package static let repository: String = {
    var folders = #filePath.split(separator: "/")
    folders.removeLast(3)
    return folders.reduce("") { "\($0)/\($1)" }
  }()

  /// A program in one of the environments of `.tools`, such as `s3tools/bin/aws`.
  package static func path(_ name: String) throws -> String {
    let tools = getenv("BUNDLETOP_TOOLS").map { String(cString: $0) } ?? "\(repository)/.tools"
    let path = "\(tools)/\(name)"
    guard access(path, X_OK) == 0 else {
      throw TestSupportError("\(path) is missing: run `make deps-test`")
    }
    return path
  }
}
