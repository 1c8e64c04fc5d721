internal import BundleModel
import Glibc
internal import HTTPTransport
internal import Hashing

/// A range of a file, hashed while it leaves: when the digest is not `checksum`, the last bytes are never sent and
/// the request is aborted.
struct FilePiece: BodySource {
  var path: String
  /// Where the range begins, in bytes.
  var offset: Int64 = 0
  /// Its length.
  var size: Int64
  /// The whole file's length; a file of another length is refused.
  var fileSize: Int64
  /// The range's SHA-256.
  var checksum: Checksum
  var progress: ByteProgress?

  func open() throws(TransportError) -> any BodyReader { try FilePieceReader(self) }

  /// For messages; empty when the piece is the whole file.
  fileprivate var place: String { size == fileSize ? "" : " at bytes \(offset)..<\(offset + size)" }
}

/// Called with the bytes moved so far, on the transport's thread: return at once. May go back when a try is repeated.
package typealias ByteProgress = @Sendable (_ bytes: Int64) -> Void

/// Yields a piece of a file, from the start as often as needed.
private final class FilePieceReader: BodyReader {
  private let piece: FilePiece
  private let hash = SHA256()
  private let descriptor: CInt
  private var offset: Int64 = 0

  init(_ piece: FilePiece) throws(TransportError) {
    self.piece = piece
    descriptor = try RegularFile.open(piece.path, size: piece.fileSize)
    posix_fadvise(descriptor, off_t(piece.offset), off_t(piece.size), POSIX_FADV_SEQUENTIAL)
  }

  deinit { _ = Glibc.close(descriptor) }

  func rewind() {
    offset = 0
    _ = hash.finish()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TransportError) -> Int {
    let wanted = Int(min(Int64(buffer.count), piece.size - offset))
    guard wanted > 0 else { return 0 }
    let count = try RegularFile.read(
      descriptor, at: piece.offset + offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]),
      path: piece.path)
    hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    offset += Int64(count)
    if offset == piece.size, hash.finishChecksum() != piece.checksum {
      throw TransportError(
        .bodyChanged, "\(piece.path) does not have the SHA-256 \(piece.checksum)\(piece.place)")
    }
    piece.progress?(offset)
    return count
  }
}
