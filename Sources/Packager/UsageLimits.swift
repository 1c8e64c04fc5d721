/// How much one command may use, with everything that it starts.
package struct UsageLimits: Equatable, Sendable {
  /// Seconds of processor time, of all of its processes.
  package var cpuSeconds: Int
  /// Bytes: of private writable memory for each process (setrlimit(2), RLIMIT_DATA), and of resident memory for all.
  package var memory: Int64
  /// Bytes of one file that it writes.
  package var fileSize: Int64
  /// Open descriptors of each process.
  package var descriptors: Int
  /// Processes at a time.
  package var processes: Int

  package init(
    cpuSeconds: Int = 600, memory: Int64 = 4 << 30, fileSize: Int64 = 4 << 30, descriptors: Int = 4096,
    processes: Int = 512
  ) {
    self.cpuSeconds = cpuSeconds
    self.memory = memory
    self.fileSize = fileSize
    self.descriptors = descriptors
    self.processes = processes
  }

  /// Zero stands for no limit.
  static let unlimited = UsageLimits(cpuSeconds: 0, memory: 0, fileSize: 0, descriptors: 0, processes: 0)
}
