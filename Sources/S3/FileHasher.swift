internal import BundleModel
import Glibc
internal import Hashing
import Synchronization

/// Reads a file once from its start to its end and tells the SHA-256 of every piece and of the whole.
///
/// Blocks on the disk: for threads of our own only.
final class FileHasher: Sendable {
  private struct State {
    let whole = SHA256()
    let piece = SHA256()
    var offset: Int64 = 0
    var buffer = [UInt8](repeating: 0, count: 256 * 1024)
  }

  private let path: String
  private let descriptor: CInt
  private let state = Mutex(State())

  /// - Parameter size: what the file must have; nil for any.
  init(_ path: String, size: Int64?) throws(TransportError) {
    self.path = path
    descriptor = try RegularFile.open(path, size: size)
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
  }

  deinit { _ = close(descriptor) }

  /// Bytes of the file as it was opened.
  var size: Int64 {
    var info = stat()
    return fstat(descriptor, &info) == 0 ? Int64(info.st_size) : 0
  }

  /// The SHA-256 of the next `count` bytes.
  func next(_ count: Int64, cancel: CancelFlag) throws(TransportError) -> Checksum {
    try state.withLock { (state) throws(TransportError) -> Checksum in
      let end = state.offset + count
      while state.offset < end {
        guard !cancel.isSet else { throw TransportError(kind: .cancelled, detail: "cancelled") }
        let wanted = Int(min(Int64(state.buffer.count), end - state.offset))
        let offset = state.offset
        let result: Result<Int, TransportError> = state.buffer.withUnsafeMutableBytes { buffer in
          let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
          do throws(TransportError) {
            return .success(try RegularFile.read(descriptor, at: offset, into: room, path: path))
          } catch {
            return .failure(error)
          }
        }
        let read = try result.get()
        state.buffer.withUnsafeBytes { buffer in
          let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<read])
          state.whole.update(bytes)
          state.piece.update(bytes)
        }
        state.offset += Int64(read)
      }
      return state.piece.finishChecksum()
    }
  }

  /// The SHA-256 of all that was read.
  func finish() -> Checksum { state.withLock { $0.whole.finishChecksum() } }
}
