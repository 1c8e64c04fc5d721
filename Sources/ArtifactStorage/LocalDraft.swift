import Glibc
internal import ProcessControl

/// A file under construction in the folder of the one that it will become. Gone with its last use, unless it was
/// published. Every call blocks: use it off the cooperative pool.
struct LocalDraft: ~Copyable {
  private let directory: CInt
  private let descriptor: CInt
  /// Hidden, and never the name of anything else.
  private let name: String
  private let shown: String
  /// Bytes since the last sync.
  private var unsynced = 0

  /// A disk that takes all at once and then syncs for minutes would look like one that hangs.
  private static let syncEvery = 64 << 20

  /// Creates an empty file; nil when the folder has vanished.
  ///
  init?(in directory: borrowing DirectoryHandle, for final: String, shown: String) throws(StorageError) {
    // A long name must stay within NAME_MAX with what is added.
    let name = ".\(final.prefix(40)).\(String(UInt64.random(in: 0 ... .max), radix: 36)).part"
    let descriptor = openat(
      directory.descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      let kind: StorageError.Kind = errno == EACCES || errno == EPERM || errno == EROFS ? .denied : .file
      throw StorageError(kind, "cannot create a file beside \(shown): \(systemReason(errno))")
    }
    // Its own: the caller's may be closed before the deinit below needs it.
    let own = fcntl(directory.descriptor, F_DUPFD_CLOEXEC, 0)
    guard own >= 0 else {
      let code = errno
      unlinkat(directory.descriptor, name, 0)
      close(descriptor)
      throw StorageError(.file, "cannot create a file beside \(shown): \(systemReason(code))")
    }
    self.directory = own
    (self.descriptor, self.name, self.shown) = (descriptor, name, shown)
  }

  deinit {
    unlinkat(directory, name, 0)
    close(descriptor)
    close(directory)
  }

  /// True for the names that drafts have.
  static func isName(_ name: String) -> Bool { name.hasPrefix(".") && name.hasSuffix(".part") }

  /// Appends bytes.
  mutating func write(_ piece: UnsafeRawBufferPointer) throws(StorageError) {
    var rest = piece
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } else if errno != EINTR {
        throw failure("cannot write", errno)
      }
    }
    unsynced += piece.count
    if unsynced >= LocalDraft.syncEvery {
      guard fdatasync(descriptor) == 0 else { throw failure("cannot sync", errno) }
      unsynced = 0
    }
  }

  /// Syncs the file, gives it its name and syncs the folder. Never over an existing file.
  ///
  /// - Returns: false when the name is taken.
  consuming func publish(as final: String) throws(StorageError) -> Bool {
    guard fsync(descriptor) == 0 else { throw failure("cannot sync", errno) }
    // Unlike rename, link fails when the name is taken.
    if linkat(directory, name, directory, final, 0) != 0 {
      let code = errno
      if code == EEXIST { return false }
      guard code == EPERM || code == ENOTSUP || code == ENOSYS || code == EMLINK else {
        throw failure("cannot name", code)
      }
      // A file system without hard links. Between the look and the rename another writer may come; of a key that
      // holds a checksum it writes the same bytes.
      var info = stat()
      if fstatat(directory, final, &info, AT_SYMLINK_NOFOLLOW) == 0 { return false }
      guard renameat(directory, name, directory, final) == 0 else { throw failure("cannot name", errno) }
    }
    unlinkat(directory, name, 0)
    guard fsync(directory) == 0 else { throw failure("cannot sync the folder of", errno) }
    return true
  }

  /// Syncs the file, gives it its name, whatever had that before, and syncs the folder.
  consuming func replace(_ final: String) throws(StorageError) {
    guard fsync(descriptor) == 0 else { throw failure("cannot sync", errno) }
    guard renameat(directory, name, directory, final) == 0 else { throw failure("cannot name", errno) }
    guard fsync(directory) == 0 else { throw failure("cannot sync the folder of", errno) }
  }

  /// Gives another file of the folder a second name, so that it outlives a `replace`; one that is there already was
  /// given to the same bytes.
  func keepAside(_ other: String, as beside: String) throws(StorageError) {
    guard linkat(directory, other, directory, beside, 0) == 0 || errno == EEXIST || errno == ENOENT else {
      throw failure("cannot keep aside what is in", errno)
    }
  }

  private func failure(_ what: String, _ code: CInt) -> StorageError {
    StorageError(.file, "\(what) \(shown): \(systemReason(code))")
  }
}
