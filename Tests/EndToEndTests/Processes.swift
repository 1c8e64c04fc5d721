internal import Glibc
import TestSupport

/// The processes of this machine, as proc(5) shows them.
enum Processes {
  /// One process, told from a later one with the same id by its start time.
  struct Identity: Hashable {
    var pid: Int32
    var start: String
  }

  /// Whether it runs; one that has ended but was not waited for does not.
  static func isAlive(_ pid: Int32) -> Bool { fields(pid).map { $0[0] != "Z" } ?? false }

  /// The same for a certain process.
  static func isAlive(_ identity: Identity) -> Bool {
    guard let fields = fields(identity.pid) else { return false }
    return fields[0] != "Z" && fields[19] == identity.start
  }

  /// Everything that descends from a process, itself excluded.
  static func descendants(of pid: Int32) -> Set<Identity> {
    var children: [Int32: [Identity]] = [:]
    for one in all() {
      guard let fields = fields(one), let parent = Int32(fields[1]) else { continue }
      children[parent, default: []].append(Identity(pid: one, start: String(fields[19])))
    }
    var found: Set<Identity> = []
    var pending = [pid]
    while let next = pending.popLast() {
      for child in children[next] ?? [] where found.insert(child).inserted { pending.append(child.pid) }
    }
    return found
  }

  /// Whether a process descends from another.
  static func isBelow(_ ancestor: Int32, _ pid: Int32) -> Bool {
    descendants(of: ancestor).contains { $0.pid == pid }
  }

  /// Whoever has this text in its arguments, ourselves excluded.
  static func mentioning(_ text: String) -> [Int32] {
    all().filter { $0 != getpid() && isAlive($0) && arguments(of: $0).contains(text) }
  }

  /// A process's arguments, separated by blanks.
  static func arguments(of pid: Int32) -> String {
    ((try? TestFile.read("/proc/\(pid)/cmdline")) ?? "").replacing("\0", with: " ")
  }

  /// The pods below a process.
  static func pods(below pid: Int32) -> [Int32] {
    descendants(of: pid).map(\.pid).filter { arguments(of: $0).contains("/bundlepod --examples-root") }
      .filter { !arguments(of: $0).hasPrefix("/bin/sh") }.sorted()
  }

  /// A process's resident memory, in bytes.
  static func memory(of pid: Int32) throws -> Int {
    let text = try TestFile.read("/proc/\(pid)/status")
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    guard let size = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
      throw TestSupportError("process \(pid) has no memory")
    }
    return size << 10
  }

  /// The most memory that a process had resident so far, in bytes; nil when it has ended.
  static func peakMemory(of pid: Int32) -> Int? {
    let line = (try? TestFile.read("/proc/\(pid)/status"))?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
  }

  private static func all() -> [Int32] { Folder.names(in: "/proc").compactMap { Int32($0) } }

  /// The fields of /proc/PID/stat from the state on.
  private static func fields(_ pid: Int32) -> [Substring]? {
    guard let text = try? TestFile.read("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    return fields.count > 19 ? fields : nil
  }
}
