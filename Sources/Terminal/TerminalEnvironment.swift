import Glibc

/// The environment variables that this target decides by.
package enum TerminalEnvironment {
  /// Their names.
  package static let names = [
    "CLICOLOR", "CLICOLOR_FORCE", "COLORTERM", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR", "STY", "TERM",
    "TMUX", "XDG_STATE_HOME",
  ]

  /// Those of this process; unset ones are absent.
  package static func current() -> [String: String] {
    var environment: [String: String] = [:]
    for name in names {
      if let value = getenv(name) { environment[name] = String(cString: value) }
    }
    return environment
  }
}
