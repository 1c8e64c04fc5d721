package import BundleModel
internal import CProcess
internal import Glibc

/// Facts about, and protections of, the running process.
package enum ThisProcess {
  /// Hides memory and environment from children and other processes of the same user.
  ///
  /// A build command could otherwise read the database password in `/proc/<parent>/environ`.
  package static func makeUndumpable() throws(ProcessError) {
    guard process_make_undumpable() == 0 else { throw ProcessError("the process cannot be protected", code: errno) }
  }

  /// Gives memory that is free back to the system: after something large came and went, it would stay ours for good.
  package static func trimHeap() { process_trim_heap() }

  /// The environment, read once at start.
  package static func environment() -> [String: String] {
    var result: [String: String] = [:]
    guard var entry = process_environment() else { return result }
    while let text = entry.pointee {
      let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if pair.count == 2 { result[String(pair[0])] = String(pair[1]) }
      entry += 1
    }
    return result
  }

  /// The wall clock, for what people read; leases and deadlines never use it.
  package static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }

  /// The folder that holds the running program.
  package static func executableDirectory() -> String? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes { raw in
      readlink("/proc/self/exe", raw.baseAddress!.assumingMemoryBound(to: CChar.self), raw.count)
    }
    guard count > 0 else { return nil }
    let path = String(decoding: buffer[..<count], as: UTF8.self)
    guard let slash = path.lastIndex(of: "/") else { return nil }
    return String(path[..<slash])
  }

  /// The name that is recorded with what a person does: SUDO_USER, else USER, else the name or number of the user id.
  package static func userName(in environment: [String: String]) -> String {
    for name in ["SUDO_USER", "USER", "LOGNAME"] {
      if let user = environment[name]?.nonBlank { return UntrustedText.line(user, limit: 64) }
    }
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 4096)
    let result = getpwuid_r(getuid(), &entry, &buffer, buffer.count, &found)
    guard result == 0, found != nil, let name = entry.pw_name else { return "uid \(getuid())" }
    return UntrustedText.line(String(cString: name), limit: 64)
  }

  /// What this machine calls itself; "localhost" when it says nothing.
  package static func hostName() -> String {
    var buffer = [UInt8](repeating: 0, count: 256)
    let code = buffer.withUnsafeMutableBytes { raw in
      gethostname(raw.baseAddress!.assumingMemoryBound(to: CChar.self), raw.count - 1)
    }
    let name = code == 0 ? String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self) : ""
    return name.isEmpty ? "localhost" : UntrustedText.line(name, limit: 64)
  }

  /// A random version 4 UUID in lower case.
  package static func randomUUID() -> String {
    var generator = SystemRandomNumberGenerator()
    let high = (generator.next() & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
    let low = (generator.next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
    func hex(_ value: UInt64) -> String {
      let digits = String(value, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    let digits = Array((hex(high) + hex(low)).utf8)
    let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(decoding: digits[$0], as: UTF8.self) }
    return groups.joined(separator: "-")
  }
}
