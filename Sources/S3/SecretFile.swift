package import BundleModel
import Glibc
internal import ProcessControl

/// A small file that holds a secret, as Kubernetes and systemd mount them. Blocks for as long as a local file takes.
package struct SecretFile: Sendable {
  /// Bytes; a longer file is none of these.
  package static let limit = 65_536

  /// Tells one state of a file from another: device, inode, length and time of change.
  package struct Stamp: Equatable, Sendable {
    fileprivate var parts: [Int64]

    /// The state of a file now; nil when there is none. Links are followed: Kubernetes swaps one to rotate.
    package init?(_ path: String) {
      var info = stat()
      guard stat(path, &info) == 0 else { return nil }
      self.init(info)
    }

    fileprivate init(_ info: stat) {
      parts = [
        Int64(truncatingIfNeeded: info.st_dev), Int64(truncatingIfNeeded: info.st_ino), Int64(info.st_size),
        Int64(info.st_mtim.tv_sec), Int64(info.st_mtim.tv_nsec), Int64(info.st_ctim.tv_sec),
        Int64(info.st_ctim.tv_nsec),
      ]
    }
  }

  package let bytes: Secret<[UInt8]>
  package let stamp: Stamp

  /// Reads a whole file.
  ///
  /// - Returns: nil when there is no such file.
  /// - Throws: `Unreadable` with a reason that quotes nothing of the content.
  package init?(_ path: String, limit: Int = SecretFile.limit) throws(Unreadable) {
    // A pipe would wait for its writer for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw Unreadable(reason: systemReason(errno))
    }
    defer { close(descriptor) }
    var info = stat()
    guard fstat(descriptor, &info) == 0 else { throw Unreadable(reason: systemReason(errno)) }
    guard info.st_mode & S_IFMT == S_IFREG else { throw Unreadable(reason: "it is not a regular file") }
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + filled, $0.count - filled) }
      if count == 0 { break }
      if count > 0 {
        filled += count
      } else if errno != EINTR {
        throw Unreadable(reason: systemReason(errno))
      }
    }
    guard filled <= limit else { throw Unreadable(reason: "it is longer than \(limit) bytes") }
    self.bytes = Secret(Array(bytes[..<filled]))
    stamp = Stamp(info)
  }

  /// Why a file cannot be used, without its path and content.
  package struct Unreadable: Error, Equatable, Sendable {
    package let reason: String
  }
}
