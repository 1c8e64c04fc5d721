internal import BundleModel
internal import CSpawn
internal import Glibc

/// Looks ten times a second at what a command uses together with all that it started.
///
/// setrlimit(2) counts per process, RLIMIT_NPROC even per user of the whole machine and never for root; a memory
/// cgroup is writable in few containers. The process group can be counted everywhere, and nobody leaves it.
struct UsageMeter {
  private let process: cspawn_process
  private let limits: UsageLimits
  private var next: ContinuousClock.Instant = .now
  private static let interval: Duration = .milliseconds(100)

  init(process: cspawn_process, limits: UsageLimits) {
    self.process = process
    self.limits = limits
  }

  /// What is used too much, such as "used more than 600 s of processor time"; nil while all is well.
  mutating func excess(_ now: ContinuousClock.Instant) -> String? {
    guard limits != .unlimited, now >= next else { return nil }
    next = now + UsageMeter.interval
    var usage = cspawn_usage()
    let result = withUnsafePointer(to: process) { cspawn_usage_of_group($0, &usage) }
    guard result == 0 else { return nil }
    if limits.processes > 0, Int(usage.processes) > limits.processes {
      return "ran more than \(limits.processes) processes at once"
    }
    if limits.memory > 0, usage.memory > UInt64(limits.memory) {
      return "used more than \(limits.memory >> 20) MiB of memory"
    }
    if limits.cpuSeconds > 0, usage.cpu_milliseconds > UInt64(limits.cpuSeconds) * 1000 {
      return UsageMeter.tooMuchTime(limits)
    }
    return nil
  }

  /// What a limit of the kernel did to a program that ended with this code; nil when it was none.
  static func excess(code: Int32, limits: UsageLimits) -> String? {
    if limits.cpuSeconds > 0, code == 128 + SIGXCPU { return tooMuchTime(limits) + " and was stopped" }
    if limits.fileSize > 0, code == 128 + SIGXFSZ {
      return "wrote a file larger than \(limits.fileSize >> 20) MiB and was stopped"
    }
    return nil
  }

  private static func tooMuchTime(_ limits: UsageLimits) -> String {
    "used more than \(limits.cpuSeconds) s of processor time"
  }
}
