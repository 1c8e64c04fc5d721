import CSpawn
import Glibc

@testable import Packager

/// The sandboxes that are tested.
///
/// Both, unless `ALLOW_MISSING=landlock` or `ALLOW_MISSING=namespaces` says that this machine lacks one: a container
/// forbids namespaces more often than not. What is lacking and not allowed fails its tests.
let testedSandboxes: [SandboxKind] = {
  let allowed = getenv("ALLOW_MISSING").map { String(cString: $0) }?.split(separator: ",").map(String.init) ?? []
  return [SandboxKind.landlock, .namespaces].filter { kind in
    let isOffered = kind == .landlock ? cspawn_landlock_version() > 0 : cspawn_has_namespaces() == 1
    if isOffered || !allowed.contains(kind.rawValue) { return true }
    print("not tested, because \(kind.rawValue) is missing and ALLOW_MISSING allows it: the sandbox")
    return false
  }
}()
