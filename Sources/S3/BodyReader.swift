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
    guard case .file(let path, let size, _, _) = body else { return }
    descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw .file("cannot read \(path)", errno) }
    var info = stat()
    guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      close()
      throw TransportError(kind: .file, detail: "cannot read \(path): not a regular file")
    }
    guard Int64(info.st_size) == size else {
      close()
      throw TransportError(kind: .bodyChanged, detail: "\(path) has \(info.st_size) bytes, expected \(size)")
    }
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
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
    case .file(let path, let size, let checksum, let progress):
      let count = try readFile(path, into: base, wanted: wanted)
      hash.update(UnsafeRawBufferPointer(start: base, count: count))
      offset += Int64(count)
      if offset == size {
        let digest = Checksum(digest: hash.finish())
        guard digest == checksum else {
          throw TransportError(kind: .bodyChanged, detail: "\(path) does not have the SHA-256 \(checksum)")
        }
      }
      progress?(offset)
      return count
    }
  }

  private func readFile(
    _ path: String, into base: UnsafeMutableRawPointer, wanted: Int
  ) throws(TransportError) -> Int {
    while true {
      let count = pread(descriptor, base, wanted, off_t(offset))
      if count > 0 { return count }
      if count < 0 && errno == EINTR { continue }
      guard count == 0 else { throw .file("cannot read \(path)", errno) }
      throw TransportError(kind: .bodyChanged, detail: "\(path) became shorter while it was sent")
    }
  }
}

extension TransportError {
  /// A failed system call on a file of ours.
  static func file(_ what: String, _ code: CInt) -> TransportError {
    TransportError(kind: .file, detail: "\(what): \(systemReason(code))")
  }
}
