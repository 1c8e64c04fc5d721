internal import BundleModel
import Glibc
internal import ProcessControl

/// The user's folder for what the program remembers and logs: `$XDG_STATE_HOME/bundletop`, private to the user
/// (XDG Base Directory Specification).
package struct StateDirectory: Hashable, Sendable {
  /// Absolute.
  package let path: String

  /// Decides from the environment; nil when neither `XDG_STATE_HOME` nor `HOME` names an absolute folder.
  package init?(environment: [String: String]) {
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
      path = state + "/bundletop"
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      path = home + "/.local/state/bundletop"
    } else {
      return nil
    }
  }

  /// Makes the folder and its parents with mode 0700 where they are missing; false when that cannot be done.
  package func create() -> Bool {
    for (index, character) in zip(path.indices, path).dropFirst() where character == "/" {
      mkdir(String(path[..<index]), 0o700)
    }
    mkdir(path, 0o700)
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid()
  }

  /// Replaces a small file of mode 0600; nil when that worked, else the reason.
  func write(_ bytes: [UInt8], to name: String) -> String? {
    guard create() else { return "cannot make the folder \(UntrustedText.line(path))" }
    let descriptor = open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return systemReason(errno) }
    defer { Glibc.close(descriptor) }
    guard fchmod(descriptor, 0o600) == 0 else { return systemReason(errno) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 else { return systemReason(errno) }
      rest = rest.dropFirst(written)
    }
    return nil
  }
}
