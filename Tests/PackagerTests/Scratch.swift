import BundleModel
import Glibc

@testable import Packager

/// A temporary directory that goes away with its test.
final class Scratch: Sendable {
  let path: String

  init() {
    let random = String(repeating: "X", count: 6)
    var template = Array("\(FileTree.realPath("/tmp") ?? "/tmp")/packager-tests-\(random)".utf8CString)
    guard let made = mkdtemp(&template) else { fatalError("no temporary directory") }
    path = String(cString: made)
  }

  deinit { FileTree.remove(path) }

  /// Writes a file, with the directories above it; returns its full path.
  @discardableResult
  func write(_ name: String, _ text: String, mode: mode_t = 0o644) -> String {
    write(name, bytes: Array(text.utf8), mode: mode)
  }

  @discardableResult
  func write(_ name: String, bytes: [UInt8], mode: mode_t = 0o644) -> String {
    let full = "\(path)/\(name)"
    directory(String(name[..<(name.lastIndex(of: "/") ?? name.startIndex)]))
    let descriptor = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { fatalError("cannot write \(full)") }
    let done = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard done == bytes.count, fchmod(descriptor, mode) == 0 else { fatalError("cannot write \(full)") }
    close(descriptor)
    return full
  }

  /// Makes directories; returns the full path.
  @discardableResult
  func directory(_ name: String) -> String {
    var full = path
    for part in name.split(separator: "/") {
      full += "/\(part)"
      mkdir(full, 0o755)
    }
    return full
  }

  func link(_ name: String, to target: String) {
    guard symlink(target, "\(path)/\(name)") == 0 else { fatalError("cannot link \(name)") }
  }

  func exists(_ name: String) -> Bool { access("\(path)/\(name)", F_OK) == 0 }

  /// The names in the top directory.
  var names: [String] { ((try? FileTree.names(in: path)) ?? []).sorted() }

  func text(_ name: String) -> String? {
    (try? FileDescriptor.contents(of: "\(path)/\(name)", limit: 1 << 24)).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  /// A Python bundle at `<slug>/` with one source file.
  @discardableResult
  func pythonBundle(_ slug: String, config: String = "", version: String = "1.0.0") -> String {
    write("\(slug)/apphub.bundle.json", "{\"slug\": \"\(slug)\"\(config.isEmpty ? "" : ", " + config)}")
    write(
      "\(slug)/manifest.json",
      "{\"name\": \"n\", \"version\": \"\(version)\", \"runtime\": \"python3.11\", \"pythonEntry\": \"src/main.py\"}"
    )
    write("\(slug)/src/main.py", "print('hello')\n")
    return "\(path)/\(slug)"
  }

  /// A node bundle at `<slug>/` whose program is `source`.
  @discardableResult
  func nodeBundle(_ slug: String, source: String, config: String = "") -> String {
    write("\(slug)/apphub.bundle.json", "{\"slug\": \"\(slug)\"\(config.isEmpty ? "" : ", " + config)}")
    write("\(slug)/manifest.json", "{\"name\": \"n\", \"version\": \"1.0.0\", \"entry\": \"dist/index.js\"}")
    write("\(slug)/src/index.ts", source)
    return "\(path)/\(slug)"
  }
}

/// Looks again until `condition` holds, at most `limit`, without holding up other tests; false when it never did.
func eventually(within limit: Duration = .seconds(90), _ condition: @escaping @Sendable () -> Bool) async -> Bool {
  let held = try? await OwnThread.run(within: limit * 2) { (_) throws(PackagingError) in
    let until = ContinuousClock.now + limit
    while ContinuousClock.now < until {
      if condition() { return true }
      poll(nil, 0, 5)
    }
    return condition()
  }
  return held == true
}

/// True while a process runs; one that only waits to be reaped does not.
func isRunning(_ pid: pid_t) -> Bool {
  guard kill(pid, 0) == 0 else { return false }
  guard let stat = try? FileDescriptor.contents(of: "/proc/\(pid)/stat", limit: 4096) else { return false }
  let text = String(decoding: stat, as: UTF8.self)
  return text[(text.lastIndex(of: ")") ?? text.startIndex)...].dropFirst(2).first != "Z"
}

/// Runs a command on a thread of its own.
func run(_ command: Command) async throws(PackagingError) -> CommandOutcome {
  try await OwnThread.run(within: .seconds(600)) { (interruption) throws(PackagingError) in
    try ChildProcess.run(command, interruption)
  }
}

/// The same, for suites that have a `run` of their own.
func runCommand(_ command: Command) async throws(PackagingError) -> CommandOutcome { try await run(command) }

/// What an archive holds, by the `tar` program: lines as `tar -tv` prints them.
func listing(of archive: String) async throws -> [String] {
  let command = Command(
    name: "tar", executable: "/usr/bin/tar", arguments: ["--quoting-style=literal", "--utc", "-tvzf", archive],
    directory: "/", environment: ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"], limit: .seconds(60),
    grace: .seconds(1), outputLimit: 1 << 22, tailLimit: 1 << 20)
  let outcome = try await run(command)
  guard outcome.code == 0 else { throw PackagingError(.pod, "tar: \(outcome.tail)") }
  return outcome.tail.split(separator: "\n").map(String.init)
}

/// The names in an archive, in its order.
func names(in archive: String) async throws -> [String] {
  try await listing(of: archive).map { line in
    // mode owner size date time name
    line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true).last.map(String.init) ?? ""
  }
}
