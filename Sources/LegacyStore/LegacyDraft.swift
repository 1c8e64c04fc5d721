import Glibc
internal import ProcessControl

/// A file under construction in the folder of the one that it will become. Gone with its last use, unless it was
/// published. Every call blocks.
///
/// Where the file system can, it has no name before it is whole: a process that is killed leaves nothing behind.
struct LegacyDraft: ~Copyable {
  private let directory: CInt
  let descriptor: CInt
  /// `<final>.<uuid>.tmp`, as AppHub calls such files.
  private let name: String
  private let isNamed: Bool
  /// For messages.
  let shown: String

  /// open(2)'s O_TMPFILE, which Glibc's module does not offer.
  private static let withoutName: CInt = 0o20_000_000 | O_DIRECTORY

  /// Makes an empty file.
  ///
  /// - Parameter hasName: give it its name at once, as where there are no files without one.
  init(in folder: borrowing LegacyFolder, for final: String, hasName: Bool = false) throws(LegacyError) {
    let whole = "\(final).\(ThisProcess.randomUUID()).tmp"
    let name = whole.utf8.count <= 255 ? whole : ".\(ThisProcess.randomUUID()).tmp"
    let shown = "\(folder.shown)/\(final)"
    let own = fcntl(folder.descriptor, F_DUPFD_CLOEXEC, 0)
    guard own >= 0 else { throw LegacyError("cannot create a file for", shown, errno) }
    var descriptor: CInt = -1
    if !hasName { descriptor = openat(own, ".", O_RDWR | O_CLOEXEC | LegacyDraft.withoutName, 0o644) }
    let isNamed = descriptor < 0
    // Network and older overlay file systems have no files without a name; any other trouble shows again here.
    if isNamed { descriptor = openat(own, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644) }
    guard descriptor >= 0 else {
      let code = errno
      close(own)
      throw LegacyError("cannot create a file for", shown, code)
    }
    (directory, self.descriptor, self.name, self.isNamed, self.shown) = (own, descriptor, name, isNamed, shown)
  }

  deinit {
    unlinkat(directory, name, 0)
    close(descriptor)
    close(directory)
  }

  /// Appends bytes.
  func write(_ piece: UnsafeRawBufferPointer) throws(LegacyError) {
    var rest = piece
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } else if errno != EINTR {
        throw LegacyError("cannot write", shown, errno)
      }
    }
  }

  /// Appends bytes.
  func write(_ bytes: [UInt8]) throws(LegacyError) {
    let code = bytes.withUnsafeBytes { raw -> LegacyError? in
      do throws(LegacyError) { try write(raw) } catch { return error }
      return nil
    }
    if let code { throw code }
  }

  /// Syncs the file, gives it its name, whatever had that before, and syncs the folder.
  consuming func replace(_ final: String) throws(LegacyError) {
    guard fsync(descriptor) == 0 else { throw LegacyError("cannot sync", shown, errno) }
    guard isNamed || link(name) == 0, renameat(directory, name, directory, final) == 0 else {
      throw LegacyError("cannot name", shown, errno)
    }
    guard fsync(directory) == 0 else { throw LegacyError("cannot sync the folder of", shown, errno) }
  }

  /// The same, but never over an existing file: false when the name is taken.
  consuming func publish(as final: String) throws(LegacyError) -> Bool {
    guard fsync(descriptor) == 0 else { throw LegacyError("cannot sync", shown, errno) }
    guard (isNamed ? linkat(directory, name, directory, final, 0) : link(final)) == 0 else {
      if errno == EEXIST { return false }
      throw LegacyError("cannot name", shown, errno)
    }
    guard fsync(directory) == 0 else { throw LegacyError("cannot sync the folder of", shown, errno) }
    return true
  }

  /// Gives a name to a file that has none.
  private func link(_ name: String) -> CInt {
    linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", directory, name, AT_SYMLINK_FOLLOW)
  }
}
