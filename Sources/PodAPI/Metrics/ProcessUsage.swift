internal import Glibc
internal import ProcessControl

/// What this process takes of the machine.
struct ProcessUsage: Sendable {
  var processorSeconds: Double
  /// Nil where /proc does not tell.
  var residentBytes: Int?
  /// Nil where /proc does not tell: it does not to a user without rights, of a process that hides its memory.
  var openFiles: Int?

  /// Reads proc(5) and getrusage(2); blocks, not for long.
  static func now() -> ProcessUsage {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
    return ProcessUsage(
      processorSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime), residentBytes: resident(),
      openFiles: descriptors())
  }

  private static func resident() -> Int? {
    let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let bytes = [UInt8](unsafeUninitializedCapacity: 256) { buffer, count in
      count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
    }
    let fields = bytes.split(separator: UInt8(ascii: " "))
    guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else { return nil }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }

  private static func descriptors() -> Int? {
    guard let folder = DirectoryReader.open("/proc/self/fd") else { return nil }
    // Without the one that reads the folder.
    var count = -1
    while folder.next() != nil { count += 1 }
    return max(0, count)
  }
}
