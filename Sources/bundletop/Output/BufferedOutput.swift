internal import BundleModel
internal import Glibc
internal import ProcessControl

/// Standard output for much text: gathered, and written 64 KiB at a time.
final class BufferedOutput {
  private static let capacity = 65_536
  private var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(Self.capacity + 4096) }

  /// Appends text and a line break.
  ///
  /// - Throws: when nobody reads any more, or the disk is full.
  func line(_ text: String) throws(CommandFailure) {
    try append(text)
    bytes.append(10)
  }

  /// Appends text.
  func append(_ text: String) throws(CommandFailure) {
    bytes += text.utf8
    if bytes.count >= Self.capacity { try flush() }
  }

  /// Writes what is left. To be called at the end, and before waiting for whoever may be waiting for us.
  func flush() throws(CommandFailure) {
    defer { bytes.removeAll(keepingCapacity: true) }
    try BufferedOutput.write(bytes[...])
  }

  /// Writes bytes to standard output, all of them.
  static func write(_ bytes: ArraySlice<UInt8>) throws(CommandFailure) {
    let code = bytes.withUnsafeBytes { raw -> Int32 in
      var rest = raw
      while !rest.isEmpty {
        let count = Glibc.write(STDOUT_FILENO, rest.baseAddress, rest.count)
        if count > 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        } else if errno != EINTR {
          return errno
        }
      }
      return 0
    }
    guard code != 0 else { return }
    // A reader that went away wants no more, words included.
    throw CommandFailure(.failed, code == EPIPE ? nil : "cannot write the output: \(systemReason(code))")
  }
}
