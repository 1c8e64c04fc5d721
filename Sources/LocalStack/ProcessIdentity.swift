internal import Glibc

/// One process for certain: a pid alone may be given to another process after the first has ended.
struct ProcessIdentity: Equatable, Sendable {
  /// The process id.
  let pid: Int32
  /// Its start, in clock ticks since boot (proc(5), `/proc/PID/stat`, field 22).
  let startTicks: UInt64

  /// The process that has this pid now, nil when there is none (or only a zombie, which can do no harm).
  init?(pid: Int32) {
    guard pid > 0, let line = readText("/proc/\(pid)/stat", limit: 4096),
      let close = line.lastIndex(of: ")")
    else { return nil }
    // The name in parentheses may hold blanks and parentheses itself, so fields count from the last one.
    let fields = line[line.index(after: close)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X", let ticks = UInt64(fields[19]) else { return nil }
    self.pid = pid
    self.startTicks = ticks
  }

  /// Reads what `text` wrote.
  init?(text: some StringProtocol) {
    let parts = text.split(separator: " ")
    guard parts.count == 2, let pid = Int32(parts[0]), let ticks = UInt64(parts[1]) else { return nil }
    self.pid = pid
    self.startTicks = ticks
  }

  /// `PID TICKS`.
  var text: String { "\(pid) \(startTicks)" }

  /// Whether that very process still runs.
  var isAlive: Bool { ProcessIdentity(pid: pid) == self }

  /// Sends a signal if that very process still runs.
  func signal(_ number: Int32) {
    if isAlive { _ = kill(pid, number) }
  }
}
