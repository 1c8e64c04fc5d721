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
    let allowed = getenv("ALLOW_MISSING").map { String(cString: $0) } ?? ""
    guard allowed.split(separator: ",").contains(where: { $0 == name }) else {
      throw TestSupportError(
        "\(name) is missing, needed for: \(purpose). Run `make deps-test`, or allow it with ALLOW_MISSING=\(name)")
    }
    print("not tested, because \(name) is missing and ALLOW_MISSING allows it: \(purpose)")
    return false
  }
}
