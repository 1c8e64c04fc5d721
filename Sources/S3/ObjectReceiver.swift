internal import BundleModel
import Glibc
internal import HTTPTransport
internal import Hashing

/// Takes an object's bytes over as many tries as it needs: file, hash and position outlive a broken connection.
// Unchecked: one thread at a time, the loop or, between tries, the caller.
final class ObjectReceiver: BodyReceiver, @unchecked Sendable {
  /// Where the bytes go.
  enum Destination: Sendable {
    /// Fails when the object is longer than `limit` bytes.
    case memory(limit: Int)
    /// This path is created or emptied.
    case file(path: String, progress: ByteProgress?)
    /// Nowhere: only the hash is wanted.
    case hash
  }

  /// How often bytes may be thrown away because the object changed or the server does not know ranges.
  static let maxRestarts = 3

  private let destination: Destination
  private var position = DownloadPosition()
  private var asked: Int64 = 0
  private var hash = SHA256()
  private var descriptor: CInt = -1
  private var collected: [UInt8] = []
  private var head = HTTPHeaders()
  /// Bytes that came in all tries, those thrown away included.
  private(set) var moved: Int64 = 0
  /// How often bytes were thrown away.
  private(set) var restarts = 0
  /// SHA-256 of the object, once it is finished.
  private(set) var digest: Checksum?

  init(_ destination: Destination) { self.destination = destination }

  deinit { close() }

  /// Ends the file; the receiver takes nothing more.
  func close() {
    if descriptor >= 0 { _ = Glibc.close(descriptor) }
    descriptor = -1
  }

  // MARK: Between tries

  /// What the next try sends to get what is missing.
  func ask() throws(TransportError) -> [HTTPHeader] {
    if !position.canContinue { try startOver() }
    asked = position.offset
    return position.headers
  }

  /// True when a try can go on where the last one ended.
  var canContinue: Bool { position.canContinue && restarts <= Self.maxRestarts }

  /// True when a refusal means that what was asked for is not there any more. The next try asks for all of it.
  func isGone(status: Int) throws(TransportError) -> Bool {
    // 412: another ETag. 416: shorter now. 501: the server does not know If-Match.
    guard asked > 0, status == 412 || status == 416 || status == 501 else { return false }
    try startOver()
    return true
  }

  // MARK: During a try

  /// Takes the head of a success.
  func begin(status: Int, headers: HTTPHeaders) throws(TransportError) {
    if !DownloadPosition.isPart(status: status, headers) { try startOver() }
    switch position.take(status: status, headers: headers, asked: asked) {
    case .fromStart:
      head = headers
      if case .memory(let limit) = destination, let total = position.total, total > limit { throw .tooLong(limit) }
      if case .file(let path, _) = destination, descriptor < 0 { try open(path) }
    case .rest: break
    case .changed:
      try startOver()
      throw TransportError(.connection, "the object changed while it was read")
    case .lie(let detail): throw TransportError(.dishonest, detail)
    }
  }

  /// Takes bytes in order.
  func write(_ piece: UnsafeRawBufferPointer) throws(TransportError) {
    hash.update(piece)
    position.advance(by: piece.count)
    moved += Int64(piece.count)
    switch destination {
    case .hash: break
    case .memory(let limit):
      guard position.offset <= limit else { throw .tooLong(limit) }
      collected.append(contentsOf: piece)
    case .file(let path, let progress):
      try write(piece, to: path)
      progress?(position.offset)
    }
  }

  /// What has come, once the last answer has ended.
  ///
  /// - Returns: the answer as if it had come in one piece.
  func finish(status: Int) throws(TransportError) -> HTTPResponse {
    guard position.offset == position.total ?? position.offset else {
      throw TransportError(.connection, "the answer ended before the object did")
    }
    defer { collected = [] }
    digest = hash.finishChecksum()
    return HTTPResponse(status: status, headers: head, body: collected, received: position.offset)
  }

  private func startOver() throws(TransportError) {
    guard position != DownloadPosition() else { return }
    if position.offset > 0 { restarts += 1 }
    position = DownloadPosition()
    hash = SHA256()
    collected = []
    guard descriptor >= 0 else { return }
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw .file("cannot empty the unfinished file", errno)
    }
  }

  private func open(_ path: String) throws(TransportError) {
    descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw .file("cannot write \(path)", errno) }
  }

  private func write(_ piece: UnsafeRawBufferPointer, to path: String) throws(TransportError) {
    var rest = piece
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } else if errno != EINTR {
        throw .file("cannot write \(path)", errno)
      }
    }
  }
}
