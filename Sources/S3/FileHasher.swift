internal import BundleModel
import Glibc
internal import HTTPTransport
internal import Hashing
internal import ProcessControl
import Synchronization

/// Reads a file once from its start to its end and tells the SHA-256 of every piece and of the whole.
///
/// Blocks on the disk: for threads of our own only.
final class FileHasher: Sendable {
  private struct State {
    let whole = SHA256()
    let piece = SHA256()
    var offset: Int64 = 0
    var buffer: [UInt8]

    init(longest: Int64) { buffer = [UInt8](repeating: 0, count: Int(max(1, min(longest, 256 * 1024)))) }
  }

  private let path: String
  private let descriptor: CInt
  /// Bytes of the file as it was opened.
  let size: Int64
  private let state: Mutex<State>

  /// - Parameter size: what the file must have; nil for any.
  init(_ path: String, size: Int64?) throws(TransportError) {
    self.path = path
    descriptor = try RegularFile.open(path, size: size)
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    var info = stat()
    fstat(descriptor, &info)
    self.size = Int64(info.st_size)
    state = Mutex(State(longest: self.size))
  }

  deinit { _ = close(descriptor) }

  /// The SHA-256 of the next `count` bytes.
  func next(_ count: Int64, cancel: CancelFlag) throws(TransportError) -> Checksum {
    try state.withLock { (state) throws(TransportError) -> Checksum in
      let (piece, whole) = (state.piece, state.whole)
      try read(count, &state, cancel) { bytes in
        piece.update(bytes)
        whole.update(bytes)
      }
      return piece.finishChecksum()
    }
  }

  /// The SHA-256 of all of the file, hashed once where `next` hashes twice. For a hasher that has read nothing yet.
  func all(cancel: CancelFlag) throws(TransportError) -> Checksum {
    try state.withLock { (state) throws(TransportError) -> Checksum in
      let whole = state.whole
      try read(size, &state, cancel) { whole.update($0) }
      return whole.finishChecksum()
    }
  }

  /// The same with the bytes, for a file that fits into memory.
  func small(cancel: CancelFlag) throws(TransportError) -> (checksum: Checksum, bytes: [UInt8]) {
    try state.withLock { (state) throws(TransportError) -> (checksum: Checksum, bytes: [UInt8]) in
      let whole = state.whole
      var bytes: [UInt8] = []
      bytes.reserveCapacity(Int(size))
      try read(size, &state, cancel) { piece in
        whole.update(piece)
        bytes.append(contentsOf: piece)
      }
      return (whole.finishChecksum(), bytes)
    }
  }

  private func read(
    _ count: Int64, _ state: inout State, _ cancel: CancelFlag, _ take: (UnsafeRawBufferPointer) -> Void
  ) throws(TransportError) {
    let end = state.offset + count
    while state.offset < end {
      guard !cancel.isSet else { throw TransportError.cancelled }
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
      state.buffer.withUnsafeBytes { take(UnsafeRawBufferPointer(rebasing: $0[..<read])) }
      state.offset += Int64(read)
    }
  }

  /// The SHA-256 of all that was read.
  func finish() -> Checksum { state.withLock { $0.whole.finishChecksum() } }
}
