internal import Glibc

/// What a test needs from the machine.
///
/// A missing program fails the test, because a test that does not run proves nothing. Whoever cannot install it
/// says so: `ALLOW_MISSING=npm,minio swift test`; the log then names each test's lack.
package enum Need {
  /// True when the program is on PATH; false when it is missing and that is allowed; else an error.
  package static func program(_ name: String, for purpose: String) throws -> Bool {
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    if path.split(separator: ":").contains(where: { access("\($0)/\(name)", X_OK) == 0 }) { return true }
    try allowMissing(name, for: purpose)
    return false
  }

  /// True when one of these files exists, and then which; nil when none does and that is allowed; else an error.
  package static func file(_ paths: [String], called name: String, for purpose: String) throws -> String? {
    if let found = paths.first(where: { access($0, R_OK) == 0 }) { return found }
    try allowMissing(name, for: purpose)
    return nil
  }

  /// Whether this process may make network and mount namespaces; false when it may not and that is allowed.
  package static func namespaces(for purpose: String) async throws -> Bool {
    let answer = try await Program.run("unshare", ["--net", "--mount", "true"])
    if answer.succeeded { return true }
    try allowMissing("namespaces", for: purpose)
    return false
  }

  /// Fails unless ALLOW_MISSING has the name.
  private static func allowMissing(_ name: String, for purpose: String) throws {
    let allowed = getenv("ALLOW_MISSING").map { String(cString: $0) } ?? ""
    guard allowed.split(separator: ",").contains(where: { $0 == name }) else {
      throw TestSupportError(
        "\(name) is missing, needed for: \(purpose). Run `make deps-test`, or allow it with ALLOW_MISSING=\(name)")
    }
    print("not tested, because \(name) is missing and ALLOW_MISSING allows it: \(purpose)")
  }
}
