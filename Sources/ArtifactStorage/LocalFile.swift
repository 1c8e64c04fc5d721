internal import BundleModel
import Glibc
internal import Hashing
internal import ProcessControl

/// One file, of a directory store or beside it. Every call blocks: use it off the cooperative pool.
struct LocalFile: Sendable {
  /// What a file holds.
  struct Content: Equatable, Sendable {
    var checksum: Checksum
    /// Bytes.
    var size: Int64
  }

  /// The open folder that it lies in, which must outlive this; or none, and the name is a path.
  private let directory: CInt
  private let name: String
  /// For messages.
  let shown: String

  /// A file somewhere on this machine. Symbolic links are followed.
  init(_ path: String) { (directory, name, shown) = (AT_FDCWD, path, path) }

  /// A file of the store. A symbolic link is not followed. Use it within `withExtendedLifetime(directory)`.
  init(in directory: borrowing DirectoryHandle, name: String, shown: String) {
    (self.directory, self.name, self.shown) = (directory.descriptor, name, shown)
  }

  /// Bytes; nil when there is no such file.
  func size() throws(StorageError) -> Int64? {
    var info = stat()
    guard fstatat(directory, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw failure("cannot look at", errno)
    }
    guard info.st_mode & S_IFMT == S_IFREG else { throw StorageError(.file, "\(shown) is not a regular file") }
    return Int64(info.st_size)
  }

  /// Reads the whole file.
  func hash(_ heart: Heartbeat) throws(StorageError) -> Content {
    try read(heart) { (_: UnsafeRawBufferPointer) throws(StorageError) in }
  }

  /// Reads the whole file, hashing what is passed on.
  func read(
    _ heart: Heartbeat, _ take: (UnsafeRawBufferPointer) throws(StorageError) -> Void
  ) throws(StorageError) -> Content {
    let descriptor = open()
    guard descriptor >= 0 else { throw failure("cannot read", errno) }
    defer { close(descriptor) }
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    let hash = SHA256()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 64)
    defer { buffer.deallocate() }
    var size: Int64 = 0
    while true {
      try heart.beat("reading \(shown)")
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count == 0 { break }
      guard count > 0 else {
        if errno == EINTR { continue }
        throw failure("cannot read", errno)
      }
      let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      hash.update(piece)
      try take(piece)
      size += Int64(count)
    }
    return Content(checksum: hash.finishChecksum(), size: size)
  }

  /// Reads a part; nil when there is no such file.
  func read(_ range: Range<Int64>, _ heart: Heartbeat) throws(StorageError) -> ObjectPiece? {
    let descriptor = open()
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw failure("cannot read", errno)
    }
    defer { close(descriptor) }
    var info = stat()
    guard fstat(descriptor, &info) == 0 else { throw failure("cannot look at", errno) }
    guard info.st_mode & S_IFMT == S_IFREG else { throw StorageError(.file, "\(shown) is not a regular file") }
    var bytes = [UInt8](repeating: 0, count: range.count)
    var filled = 0
    while filled < bytes.count {
      try heart.beat("reading \(shown)")
      let count = bytes[filled...].withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress, min($0.count, 256 * 1024), off_t(range.lowerBound) + off_t(filled))
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure("cannot read", errno) }
      guard count > 0 else {
        throw StorageError(.integrity, "\(shown) ends before byte \(range.upperBound)")
      }
      filled += count
    }
    return ObjectPiece(
      bytes: bytes, total: Int64(info.st_size),
      tag: "\(info.st_ino)-\(info.st_size)-\(info.st_mtim.tv_sec).\(info.st_mtim.tv_nsec)")
  }

  /// A descriptor for reading, or what open(2) says; a special file hangs nobody.
  private func open() -> CInt {
    let follow = directory == AT_FDCWD ? 0 : O_NOFOLLOW
    return openat(directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | follow)
  }

  private func failure(_ what: String, _ code: CInt) -> StorageError {
    let kind: StorageError.Kind = code == EACCES || code == EPERM ? .denied : .file
    return StorageError(kind, "\(what) \(shown): \(systemReason(code))")
  }
}
