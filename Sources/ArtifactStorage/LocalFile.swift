internal import BundleModel
import Glibc
internal import Hashing
internal import ProcessControl
internal import S3

/// One file of a directory store. Every call blocks: use it off the cooperative pool.
struct LocalFile: Sendable {
  let path: String

  init(_ path: String) { self.path = path }

  /// What a file holds.
  struct Content: Equatable, Sendable {
    var checksum: Checksum
    /// Bytes.
    var size: Int64
  }

  /// Bytes; nil when there is no such file. A symbolic link is not followed.
  func size() throws(StorageError) -> Int64? {
    var info = stat()
    guard lstat(path, &info) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw failure("cannot look at", errno)
    }
    guard info.st_mode & S_IFMT == S_IFREG else {
      throw StorageError(.file, "\(path) is not a regular file")
    }
    return Int64(info.st_size)
  }

  /// Reads the whole file.
  func hash(cancel: CancelFlag) throws(StorageError) -> Content {
    try read(cancel: cancel) { (_: UnsafeRawBufferPointer) throws(StorageError) in }
  }

  /// Copies the file, hashing what is copied.
  func copy(
    to target: String, cancel: CancelFlag, progress: (@Sendable (_ bytes: Int64) -> Void)?
  ) throws(StorageError) -> Content {
    let descriptor = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw LocalFile(target).failure("cannot create", errno) }
    defer { close(descriptor) }
    var written: Int64 = 0
    return try read(cancel: cancel) { (piece: UnsafeRawBufferPointer) throws(StorageError) in
      var rest = piece
      while !rest.isEmpty {
        let count = write(descriptor, rest.baseAddress, rest.count)
        if count > 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        } else if errno != EINTR {
          throw LocalFile(target).failure("cannot write", errno)
        }
      }
      written += Int64(piece.count)
      progress?(written)
    }
  }

  /// Removes the file; one that is not there is fine.
  func remove() throws(StorageError) {
    guard unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR else { throw failure("cannot remove", errno) }
  }

  /// Makes the directories that a file needs, from `root` on (root included).
  static func createDirectories(above path: String, root: String) throws(StorageError) {
    let bytes = Array(path.utf8)
    for index in bytes.indices where bytes[index] == 47 && index > 0 {
      let directory = String(decoding: bytes[..<index], as: UTF8.self)
      if mkdir(directory, 0o755) != 0, errno != EEXIST {
        var info = stat()
        let code = errno
        // On a read-only or foreign parent, mkdir may name another reason for a directory that is there.
        guard stat(directory, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else {
          throw LocalFile(directory).failure("cannot create the directory", code)
        }
      }
    }
  }

  private func read(
    cancel: CancelFlag, _ take: (UnsafeRawBufferPointer) throws(StorageError) -> Void
  ) throws(StorageError) -> Content {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw failure("cannot read", errno) }
    defer { close(descriptor) }
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    let hash = SHA256()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 64)
    defer { buffer.deallocate() }
    var size: Int64 = 0
    while true {
      guard !cancel.isSet else { throw StorageError(.cancelled, "reading \(path) was cancelled") }
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
    guard let checksum = Checksum(digest: hash.finish()) else { throw failure("cannot hash", EIO) }
    return Content(checksum: checksum, size: size)
  }

  private func failure(_ what: String, _ code: CInt) -> StorageError {
    let kind: StorageError.Kind = code == EACCES || code == EPERM ? .denied : .file
    return StorageError(kind, "\(what) \(path): \(systemReason(code))")
  }
}
