package import BundleModel
import Glibc
internal import ProcessControl

/// An open folder of AppHub's directory. Every call blocks.
///
/// The directory's own path may lead through links; below it none is ever followed, so that one that somebody
/// planted leads nowhere: each folder is opened from the one above it, not by its path.
struct LegacyFolder: ~Copyable {
  let descriptor: CInt
  /// For messages.
  let shown: String

  private init(_ descriptor: CInt, _ shown: String) { (self.descriptor, self.shown) = (descriptor, shown) }

  deinit { close(descriptor) }

  private static let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC

  /// Opens the directory itself; `.missing` when there is none.
  static func root(_ path: String) throws(LegacyError) -> LegacyFolder {
    let descriptor = Glibc.open(path, flags)
    guard descriptor >= 0 else { throw LegacyError("cannot open the legacy directory", path, errno) }
    return LegacyFolder(descriptor, path)
  }

  /// Opens a folder in this one; nil when there is none of that name, or something that is no folder.
  ///
  /// - Parameter creating: make it, durably, when it is missing.
  /// - Throws: `.unsafe` for a link.
  func folder(_ name: String, creating: Bool = false) throws(LegacyError) -> LegacyFolder? {
    let path = shown + "/" + name
    var next = openat(descriptor, name, LegacyFolder.flags | O_NOFOLLOW)
    if next < 0, errno == ENOENT, creating {
      guard mkdirat(descriptor, name, 0o755) == 0 || errno == EEXIST else {
        throw LegacyError("cannot create the folder", path, errno)
      }
      try sync()
      next = openat(descriptor, name, LegacyFolder.flags | O_NOFOLLOW)
    }
    guard next >= 0 else {
      let code = errno
      if code == ENOENT { return nil }
      guard code == ENOTDIR || code == ELOOP else { throw LegacyError("cannot open", path, code) }
      if case .other(let kind)? = try look(name), kind == .link {
        throw LegacyError(
          .unsafe, "\(UntrustedText.line(path, limit: 300)) is \(kind.words), which is not followed")
      }
      if creating { throw LegacyError("cannot open", path, ENOTDIR) }
      return nil
    }
    return LegacyFolder(next, path)
  }

  /// Opens the folder at the end of a chain; nil when there is none.
  static func open(
    _ root: String, _ names: some Sequence<String>, creating: Bool = false
  ) throws(LegacyError) -> LegacyFolder? {
    var folder = try LegacyFolder.root(root)
    for name in names {
      guard let next = try folder.folder(name, creating: creating) else { return nil }
      folder = next
    }
    return folder
  }

  /// What there is of a name, without opening it; nil when there is nothing.
  func look(_ name: String) throws(LegacyError) -> LegacyLook? {
    var facts = stat()
    guard fstatat(descriptor, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw LegacyError("cannot look at", shown + "/" + name, errno)
    }
    return LegacyLook(facts)
  }

  /// Opens a regular file for reading; nil when there is none. A special file is looked at, never opened.
  ///
  /// - Throws: `.unsafe` for anything that is no regular file.
  func file(_ name: String) throws(LegacyError) -> LegacyHandle? {
    let path = shown + "/" + name
    switch try look(name) {
    case nil: return nil
    case .other(let kind): throw LegacyError(.unsafe, "\(UntrustedText.line(path, limit: 300)) is \(kind.words)")
    case .file: break
    }
    // Whoever put something else there since then hangs nobody.
    let file = openat(descriptor, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw LegacyError("cannot open", path, errno)
    }
    let handle = LegacyHandle(file, path)
    _ = try handle.stamp()
    return handle
  }

  /// The names in it, without `.` and `..`, by their bytes.
  func names() throws(LegacyError) -> [[UInt8]] {
    // A description of its own: reading moves it.
    let copy = openat(descriptor, ".", LegacyFolder.flags)
    guard copy >= 0, let reader = DirectoryReader.open(descriptor: copy) else {
      let code = errno
      if copy >= 0 { close(copy) }
      throw LegacyError("cannot list", shown, code)
    }
    var names: [[UInt8]] = []
    while let name = reader.next() { names.append(name) }
    guard reader.failure == 0 else { throw LegacyError("cannot list", shown, reader.failure) }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// Makes names durable.
  func sync() throws(LegacyError) {
    guard fsync(descriptor) == 0 else { throw LegacyError("cannot sync the folder", shown, errno) }
  }
}

/// What a name stands for.
enum LegacyLook: Equatable {
  case file(LegacyStamp)
  case other(Kind)

  enum Kind {
    case folder, link, pipe, device, socket

    var words: String {
      switch self {
      case .folder: "a folder"
      case .link: "a symbolic link"
      case .pipe: "a pipe"
      case .device: "a device"
      case .socket: "a socket"
      }
    }
  }

  init(_ facts: stat) {
    switch facts.st_mode & S_IFMT {
    case S_IFREG: self = .file(LegacyStamp(facts))
    case S_IFDIR: self = .other(.folder)
    case S_IFLNK: self = .other(.link)
    case S_IFIFO: self = .other(.pipe)
    case S_IFSOCK: self = .other(.socket)
    default: self = .other(.device)
    }
  }
}

/// What tells whether a file is still the one that was looked at.
package struct LegacyStamp: Hashable, Sendable {
  package var device: UInt64
  package var inode: UInt64
  /// Bytes.
  package var size: Int64
  package var modifiedAt: Timestamp

  init(_ facts: stat) {
    device = UInt64(facts.st_dev)
    inode = UInt64(facts.st_ino)
    size = Int64(facts.st_size)
    modifiedAt = Timestamp(
      microseconds: Int64(facts.st_mtim.tv_sec) * 1_000_000 + Int64(facts.st_mtim.tv_nsec) / 1000)
  }
}

/// An open regular file. Every call blocks.
struct LegacyHandle: ~Copyable, Sendable {
  let descriptor: CInt
  /// For messages.
  let shown: String

  /// Takes the descriptor over.
  init(_ descriptor: CInt, _ shown: String) { (self.descriptor, self.shown) = (descriptor, shown) }

  deinit { close(descriptor) }

  /// What it is now; `.unsafe` when it is no regular file.
  func stamp() throws(LegacyError) -> LegacyStamp {
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw LegacyError("cannot look at", shown, errno) }
    guard case .file(let stamp) = LegacyLook(facts) else {
      throw LegacyError(.unsafe, "\(UntrustedText.line(shown, limit: 300)) is no regular file")
    }
    return stamp
  }

  /// Reads from the start to the end, whatever the descriptor's own place is.
  func read(_ take: (UnsafeRawBufferPointer) throws(LegacyError) -> Void) throws(LegacyError) {
    // Status files are small, and there are thousands.
    let room = Int(min(max(try stamp().size + 1, 512), 256 << 10))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 64)
    defer { buffer.deallocate() }
    var at: off_t = 0
    while true {
      let count = pread(descriptor, buffer.baseAddress, buffer.count, at)
      if count == 0 { return }
      guard count > 0 else {
        if errno == EINTR { continue }
        throw LegacyError("cannot read", shown, errno)
      }
      try take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      at += off_t(count)
    }
  }
}
