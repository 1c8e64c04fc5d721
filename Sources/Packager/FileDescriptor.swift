internal import BundleModel
internal import Glibc

/// An open file, closed when the last reference goes.
final class FileDescriptor: Sendable {
  let number: Int32
  /// For errors.
  let path: String

  private init(_ number: Int32, _ path: String) {
    self.number = number
    self.path = path
  }

  deinit { close(number) }

  /// Opens a regular file for reading; a symbolic link in the last place is refused. Class bundle.
  static func reading(_ path: String) throws(PackagingError) -> FileDescriptor {
    let number = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard number >= 0 else { throw .system("cannot read", path, errno: errno, class: .bundle) }
    return FileDescriptor(number, path)
  }

  /// Makes a file that did not exist, for writing and reading. Class pod.
  static func creating(_ path: String, permissions: mode_t = 0o600) throws(PackagingError) -> FileDescriptor {
    let number = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, permissions)
    guard number >= 0 else { throw .system("cannot create", path, errno: errno) }
    return FileDescriptor(number, path)
  }

  /// Reads up to the buffer's size; 0 at the end. Class bundle.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(PackagingError) -> Int {
    while true {
      let count = Glibc.read(number, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      guard errno == EINTR else { throw .system("cannot read", path, errno: errno, class: .bundle) }
    }
  }

  /// Writes all of it. Class pod.
  func write(_ bytes: UnsafeRawBufferPointer) throws(PackagingError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(number, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        throw .system("cannot write", path, errno: errno)
      }
    }
  }

  /// Writes a text. Class pod.
  func write(text: String) throws(PackagingError) {
    let result: Result<Void, PackagingError> = Array(text.utf8).withUnsafeBytes { bytes in
      Result { () throws(PackagingError) in try write(bytes) }
    }
    try result.get()
  }

  /// Hands the content to `body` in pieces of at most 256 KiB; returns its size in bytes.
  @discardableResult
  func forEachChunk(
    _ interruption: Interruption, _ body: (UnsafeRawBufferPointer) throws(PackagingError) -> Void
  ) throws(PackagingError) -> Int64 {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    defer { buffer.deallocate() }
    var total: Int64 = 0
    while true {
      try interruption.check()
      let count = try read(into: buffer)
      guard count > 0 else { return total }
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      total += Int64(count)
    }
  }

  /// The whole content of a small file; more than `limit` bytes is an error (class bundle).
  static func contents(of path: String, limit: Int) throws(PackagingError) -> [UInt8] {
    let file = try reading(path)
    var out: [UInt8] = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 << 10, alignment: 1)
    defer { buffer.deallocate() }
    while true {
      let count = try file.read(into: buffer)
      if count == 0 { return out }
      out += buffer[..<count]
      if out.count > limit { throw PackagingError(.bundle, "\(path) is larger than \(limit) bytes") }
    }
  }
}
