internal import Glibc

/// An open directory, read name by name; closed with the last reference.
package final class DirectoryReader {
  private let handle: OpaquePointer
  /// Why `next` gave nil: 0 at the end, else an errno.
  package private(set) var failure: Int32 = 0

  private init(_ handle: OpaquePointer) { self.handle = handle }

  deinit { closedir(handle) }

  /// Opens a directory; nil with errno.
  package static func open(_ path: String) -> DirectoryReader? { opendir(path).map(DirectoryReader.init) }

  /// Reads the directory of a descriptor, which is the reader's from then on; nil with errno, then it is not.
  package static func open(descriptor: Int32) -> DirectoryReader? {
    fdopendir(descriptor).map(DirectoryReader.init)
  }

  /// The bytes of another name, in no order, without `.` and `..`; nil after the last.
  package func next() -> [UInt8]? {
    while true {
      errno = 0
      guard let entry = readdir(handle) else {
        failure = errno
        return nil
      }
      let offset = MemoryLayout<dirent>.offset(of: \dirent.d_name) ?? 0
      let start = UnsafeRawPointer(entry).advanced(by: offset)
      let length = strlen(start.assumingMemoryBound(to: CChar.self))
      let name = [UInt8](UnsafeRawBufferPointer(start: start, count: length))
      if name != [0x2E] && name != [0x2E, 0x2E] { return name }
    }
  }
}
