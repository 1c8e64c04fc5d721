internal import Glibc

/// The processes of the machine, as proc(5) shows them.
package enum ProcessTable {
  /// The processes that have this text in their arguments or run in a directory below it. Zombies do not count.
  package static func processes(of path: String) -> [String] {
    guard let directory = opendir("/proc") else { return [] }
    defer { closedir(directory) }
    var found: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard let pid = Int32(name), pid != getpid() else { continue }
      let arguments = ((try? TestFile.read("/proc/\(pid)/cmdline")) ?? "").replacing("\0", with: " ")
      guard !arguments.isEmpty, arguments.contains(path) || workingDirectory(of: pid).hasPrefix(path) else {
        continue
      }
      found.append("\(pid) \(arguments)")
    }
    return found
  }

  private static func workingDirectory(of pid: Int32) -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes {
      readlink("/proc/\(pid)/cwd", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
    }
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
  }
}
