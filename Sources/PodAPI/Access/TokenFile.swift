internal import Glibc
internal import ProcessControl

/// A file of tokens on disk. Its calls block: never on the cooperative pool.
struct TokenFile: Sendable {
  /// What tells one content from the next without reading it.
  struct Stamp: Equatable, Sendable {
    var device: UInt
    var inode: UInt
    var size: Int
    var seconds: Int
    var nanoseconds: Int
  }

  let path: String
  private static let largest = 1 << 20

  /// The file's stamp; a link is followed, as mounted secrets are links that move.
  func stamp() throws(AccessError) -> Stamp {
    var info = stat()
    guard stat(path, &info) == 0 else { throw failure("cannot be found") }
    return Self.stamp(info)
  }

  /// The tokens, with the stamp of what was read.
  func read() throws(AccessError) -> (table: TokenTable, stamp: Stamp) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw failure("cannot be opened") }
    defer { close(descriptor) }
    var info = stat()
    guard fstat(descriptor, &info) == 0 else { throw failure("cannot be read") }
    guard info.st_mode & S_IFMT == S_IFREG else { throw AccessError("token file \(path) is not a file") }
    var bytes: [UInt8] = []
    while true {
      let piece = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
        count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
      }
      guard !piece.isEmpty else { break }
      bytes += piece
      guard bytes.count <= Self.largest else { throw AccessError("token file \(path) is larger than 1 MiB") }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw AccessError("token file \(path) is not UTF-8")
    }
    return (try TokenTable(parsing: text), Self.stamp(info))
  }

  private static func stamp(_ info: stat) -> Stamp {
    Stamp(
      device: info.st_dev, inode: info.st_ino, size: info.st_size, seconds: info.st_mtim.tv_sec,
      nanoseconds: info.st_mtim.tv_nsec)
  }

  private func failure(_ what: String) -> AccessError {
    AccessError("token file \(path) \(what): \(systemReason())")
  }
}
