internal import Glibc
import TestSupport

/// `npm` and `esbuild` of one pod, first on its PATH: they do what the real ones do, and stop where a scenario wants.
final class BuildTools: Sendable {
  /// What the builder is like.
  enum Flavour: String, Sendable {
    /// The real one.
    case real
    /// Says that it is the real one, and makes other bytes.
    case deviant
    /// Another version, which makes other bytes.
    case newer
  }

  /// The folder.
  let path: String
  private let folder: TemporaryDirectory
  private let name: String
  private let gate: Int32

  /// Writes them.
  init(in folder: TemporaryDirectory, name: String, flavour: Flavour = .real) throws {
    self.folder = folder
    self.name = "tools/\(name)"
    path = try folder.makeFolder(self.name)
    for tool in ["npm", "esbuild"] {
      try folder.write(
        Self.head + (tool == "npm" ? Self.npm : Self.esbuild(flavour)), to: "\(self.name)/\(tool)", mode: 0o755)
    }
    guard mkfifo("\(path)/gate", 0o600) == 0 else { throw TestSupportError("cannot make \(path)/gate") }
    // Both ends are ours, so that no tool waits for a writer in open(2).
    gate = open("\(path)/gate", O_RDWR | O_CLOEXEC)
    guard gate >= 0 else { throw TestSupportError("cannot open \(path)/gate") }
  }

  deinit { close(gate) }

  /// What a pod gets as PATH.
  var searchPath: String { "\(path):\(Cluster.searchPath)" }

  /// What a pod is told, so that its sandbox lets them run.
  var arguments: [String] { ["--tool-directory", path] }

  /// Stops the next call of this kind: `version`, `npm` or `bundle`.
  func hold(_ call: String) throws { try folder.write("", to: "\(name)/hold-\(call)") }

  /// Whether a call of this kind waits. It cannot write that down: the sandbox lets it read here, no more.
  func isReached(_ call: String) -> Bool { !Processes.mentioning("held-\(call) \(path)/gate").isEmpty }

  /// Lets all go on that wait; nobody is stopped from now on.
  func release() {
    for call in ["version", "npm", "bundle"] { unlink("\(path)/hold-\(call)") }
    let lines = [UInt8](repeating: 10, count: 50)
    _ = write(gate, lines, lines.count)
  }

  private static let head = #"""
    #!/bin/sh
    set -eu
    tools=${0%/*}
    hold() {
      [ -e "$tools/hold-$1" ] || return 0
      sh -c 'read -r _ <"$1"' "held-$1" "$tools/gate"
    }

    """#

  /// Nothing is to be installed, and so nothing is fetched.
  private static let npm = #"""
    case $PWD in */apphub-example-at-installing-*) hold npm ;; esac
    mkdir -p node_modules

    """#

  private static func esbuild(_ flavour: Flavour) -> String {
    let version = flavour == .newer ? "echo 99.0.0" : "esbuild --version"
    let change =
      flavour == .real
      ? "" : #"for word; do case $word in --outfile=*) echo "// other bytes" >>"${word#*=}" ;; esac; done"#
    return #"""
      PATH=${PATH#*:}
      if [ "$1" = --version ]; then
        hold version
        \#(version)
        exit
      fi
      case $PWD in */apphub-example-at-packaging-*) hold bundle ;; esac
      esbuild "$@"
      \#(change)

      """#
  }
}
