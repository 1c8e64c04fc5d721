internal import BundleModel
import Glibc
internal import HTTPTransport
internal import Hashing
internal import ProcessControl

/// What a file is before it is sent: its SHA-256, its length and, when it is small, its bytes.
struct FoundFile: Sendable {
  /// Files up to this many bytes are sent from memory.
  static let small: Int64 = 128 * 1024

  let checksum: Checksum
  /// Bytes.
  let size: Int64
  /// Nil for a file that is not small, or that is empty.
  let bytes: [UInt8]?

  /// Reads all of the file. Blocks on the disk.
  init(_ path: String, cancel: CancelFlag) throws(TransportError) {
    let hasher = try FileHasher(path, size: nil)
    size = hasher.size
    guard (1...FoundFile.small).contains(size) else {
      checksum = try hasher.all(cancel: cancel)
      bytes = nil
      return
    }
    (checksum, bytes) = try hasher.small(cancel: cancel)
  }
}
