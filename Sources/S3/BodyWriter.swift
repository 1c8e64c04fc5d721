internal import BundleModel
import Glibc
internal import Hashing

/// Takes the body of an answer, in constant memory unless it is to be kept.
final class BodyWriter {
  /// The body, when it is kept in memory.
  private(set) var collected: [UInt8] = []
  /// Bytes taken so far.
  private(set) var received: Int64 = 0
  private let limit: Int
  /// True: a longer body is an error; false: its rest is thrown away.
  private let isStrict: Bool
  private let hash: SHA256?
  private let path: String?
  private let progress: ByteProgress?
  private var descriptor: CInt = -1

  /// Keeps the beginning of a body and throws the rest away.
  init(keepingAtMost limit: Int) {
    self.limit = limit
    isStrict = false
    hash = nil
    path = nil
    progress = nil
  }

  init(_ sink: DownloadSink) throws(TransportError) {
    isStrict = true
    switch sink {
    case .memory(let limit):
      (self.limit, hash, path, progress) = (limit, SHA256(), nil, nil)
    case .hash:
      (limit, hash, path, progress) = (0, SHA256(), nil, nil)
    case .file(let path, let progress):
      (limit, hash, self.path, self.progress) = (0, SHA256(), path, progress)
      descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
      guard descriptor >= 0 else { throw .file("cannot write \(path)", errno) }
    }
  }

  deinit { close() }

  func close() {
    if descriptor >= 0 { _ = Glibc.close(descriptor) }
    descriptor = -1
  }

  /// The SHA-256 of what was taken; nil when this writer does not hash.
  func digest() -> Checksum? { hash.flatMap { Checksum(digest: $0.finish()) } }

  func write(_ piece: UnsafeRawBufferPointer) throws(TransportError) {
    received += Int64(piece.count)
    hash?.update(piece)
    if path != nil {
      try writeFile(piece)
      progress?(received)
    } else if limit > 0 {
      if isStrict, received > Int64(limit) {
        throw TransportError(kind: .tooLong, detail: "the answer is longer than \(limit) bytes")
      }
      collected.append(contentsOf: piece.prefix(max(0, limit - collected.count)))
    }
  }

  private func writeFile(_ piece: UnsafeRawBufferPointer) throws(TransportError) {
    var rest = piece
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } else if errno != EINTR {
        throw .file("cannot write \(path ?? "a file")", errno)
      }
    }
  }
}
