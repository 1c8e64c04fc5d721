internal import BundleModel
import Glibc
internal import Hashing
internal import ProcessControl

/// Yields what is to be sent, from the start as often as needed, in constant memory.
final class BodyReader {
  private let body: UploadBody
  private let hash = SHA256()
  private var descriptor: CInt = -1
  private var offset: Int64 = 0

  init(_ body: UploadBody) throws(TransportError) {
    self.body = body
    guard case .file(let piece) = body else { return }
    descriptor = try RegularFile.open(piece.path, size: piece.fileSize)
    posix_fadvise(descriptor, off_t(piece.offset), off_t(piece.size), POSIX_FADV_SEQUENTIAL)
  }

  deinit { close() }

  func close() {
    if descriptor >= 0 { _ = Glibc.close(descriptor) }
    descriptor = -1
  }

  func rewind() {
    offset = 0
    _ = hash.finish()
  }

  /// Bytes written into `buffer`; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TransportError) -> Int {
    let wanted = Int(min(Int64(buffer.count), body.size - offset))
    guard wanted > 0, let base = buffer.baseAddress else { return 0 }
    switch body {
    case .bytes(let bytes):
      bytes.withUnsafeBytes { base.copyMemory(from: $0.baseAddress! + Int(offset), byteCount: wanted) }
      offset += Int64(wanted)
      return wanted
    case .file(let piece):
      let count = try RegularFile.read(
        descriptor, at: piece.offset + offset, into: UnsafeMutableRawBufferPointer(start: base, count: wanted),
        path: piece.path)
      hash.update(UnsafeRawBufferPointer(start: base, count: count))
      offset += Int64(count)
      if offset == piece.size, hash.finishChecksum() != piece.checksum {
        throw TransportError(
          kind: .bodyChanged, detail: "\(piece.path) does not have the SHA-256 \(piece.checksum)\(piece.place)")
      }
      piece.progress?(offset)
      return count
    }
  }
}

extension FilePiece {
  /// For messages; empty when the piece is the whole file.
  fileprivate var place: String { size == fileSize ? "" : " at bytes \(offset)..<\(offset + size)" }
}

/// Files that are sent or hashed: regular ones of a known length.
enum RegularFile {
  /// Opens a file for reading.
  ///
  /// - Parameter size: what it must have; nil for any.
  /// - Throws: `.bodyChanged` when the length is another, `.file` when it cannot be read or is no regular file.
  static func open(_ path: String, size: Int64?) throws(TransportError) -> CInt {
    // Without O_NONBLOCK opening a FIFO would wait for its writer.
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw .file("cannot read \(path)", errno) }
    var info = stat()
    guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      _ = Glibc.close(descriptor)
      throw TransportError(kind: .file, detail: "cannot read \(path): not a regular file")
    }
    if let size, Int64(info.st_size) != size {
      _ = Glibc.close(descriptor)
      throw TransportError(kind: .bodyChanged, detail: "\(path) has \(info.st_size) bytes, expected \(size)")
    }
    return descriptor
  }

  /// Reads at least one byte; the end of the file is an error, because its length was known.
  static func read(
    _ descriptor: CInt, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer, path: String
  ) throws(TransportError) -> Int {
    while true {
      let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
      if count > 0 { return count }
      if count < 0 && errno == EINTR { continue }
      guard count == 0 else { throw .file("cannot read \(path)", errno) }
      throw TransportError(kind: .bodyChanged, detail: "\(path) became shorter while it was read")
    }
  }
}

extension TransportError {
  /// A failed system call on a file of ours.
  static func file(_ what: String, _ code: CInt) -> TransportError {
    TransportError(kind: .file, detail: "\(what): \(systemReason(code))")
  }
}
