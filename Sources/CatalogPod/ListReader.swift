internal import BundleModel
internal import HTTPTransport
internal import Hashing

/// Reads the status list of a listener and keeps nothing of it but its digest.
struct ListReader: Sendable {
  let listener: OwnListener
  private let client = HTTPClient()

  init(listener: OwnListener) { self.listener = listener }

  /// What was served.
  struct List: Equatable, Sendable {
    /// Of the body; where files are read, of what they hold.
    var checksum: Checksum
    /// As the answer named it.
    var snapshot: String
  }

  /// Asks once.
  func read() async throws(TransportError) -> List {
    let body = HashedBody()
    let answer = try await client.send(
      HTTPRequest(
        .get, "\(listener.url)/examples/bundles/status",
        headers: [HTTPHeader("authorization", "Bearer \(listener.token.reveal())")], sink: .receiver(body),
        limits: .within(.seconds(10))))
    guard answer.status == 200 else {
      throw TransportError(.dishonest, "its own listener answered \(answer.status)")
    }
    guard let snapshot = answer.headers["bundle-snapshot"] else {
      throw TransportError(.dishonest, "its own listener named no snapshot")
    }
    // Bytes of files are like nobody else's: what they hold is what others can compare.
    let filed = answer.headers["bundle-files-digest"].flatMap { Checksum(hex: $0) }
    return List(checksum: filed ?? body.checksum(), snapshot: snapshot)
  }
}

/// Hashes a body while it comes: a long list needs no memory.
private final class HashedBody: BodyReceiver, @unchecked Sendable {  // one user at a time
  private let hash = SHA256()

  func begin(status: Int, headers: HTTPHeaders) throws(TransportError) {}

  func write(_ piece: UnsafeRawBufferPointer) throws(TransportError) { hash.update(piece) }

  /// The checksum of all that came. Once, after the answer.
  func checksum() -> Checksum { hash.finishChecksum() }
}
