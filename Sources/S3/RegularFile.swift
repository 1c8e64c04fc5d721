import Glibc
internal import HTTPTransport
internal import ProcessControl

/// Files that are sent or hashed: regular ones of a known length.
enum RegularFile {
  /// Opens a file for reading.
  ///
  /// - Parameter size: what it must have; nil for any.
  /// - Throws: `.bodyChanged` when the length is another, `.file` when it cannot be read or is no regular file.
  static func open(_ path: String, size: Int64?) throws(TransportError) -> CInt {
    // Without O_NONBLOCK opening a FIFO would wait for its writer.
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw .file("cannot read \(path)", errno) }
    var info = stat()
    guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      _ = Glibc.close(descriptor)
      throw TransportError(.file, "cannot read \(path): not a regular file")
    }
    if let size, Int64(info.st_size) != size {
      _ = Glibc.close(descriptor)
      throw TransportError(.bodyChanged, "\(path) has \(info.st_size) bytes, expected \(size)")
    }
    return descriptor
  }

  /// Reads at least one byte; the end of the file is an error, because its length was known.
  static func read(
    _ descriptor: CInt, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer, path: String
  ) throws(TransportError) -> Int {
    while true {
      let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
      if count > 0 { return count }
      if count < 0 && errno == EINTR { continue }
      guard count == 0 else { throw .file("cannot read \(path)", errno) }
      throw TransportError(.bodyChanged, "\(path) became shorter while it was read")
    }
  }
}

extension TransportError {
  /// A failed system call on a file of ours.
  static func file(_ what: String, _ code: CInt) -> TransportError {
    TransportError(.file, "\(what): \(systemReason(code))")
  }
}
