package import BundleModel
internal import HTTPTransport
internal import Hashing

extension S3Client {
  /// Uploads a file in constant memory. Its SHA-256 is signed, sent as checksum and noted as metadata, and what
  /// leaves is hashed on the way: a file that is not what `checksum` says is never stored whole.
  ///
  /// - Parameter size: bytes; a file of another length is refused.
  /// - Throws: `.integrity` when the file is not what was promised, `.file` when it cannot be read,
  ///   `.preconditionFailed` when `condition` does not hold.
  package func putObject(
    bucket: String, key: String, file: String, size: Int64, checksum: Checksum, contentType: String,
    condition: PutCondition = .none, progress: ByteProgress? = nil
  ) async throws(S3Error) {
    let piece = FilePiece(path: file, size: size, fileSize: size, checksum: checksum, progress: progress)
    try await put(
      bucket: bucket, key: key, body: .source(piece), checksum: checksum, contentType: contentType,
      condition: condition)
  }

  /// Uploads bytes that are already in memory.
  ///
  /// - Throws: `.preconditionFailed` when `condition` does not hold.
  package func putObject(
    bucket: String, key: String, bytes: [UInt8], contentType: String = "application/octet-stream",
    condition: PutCondition = .none
  ) async throws(S3Error) {
    guard let checksum = Checksum(digest: SHA256.digest(of: bytes)) else { return }
    try await put(
      bucket: bucket, key: key, body: .bytes(bytes), checksum: checksum, contentType: contentType,
      condition: condition)
  }

  func put(
    bucket: String, key: String, body: RequestBody, checksum: Checksum, contentType: String, condition: PutCondition
  ) async throws(S3Error) {
    var call = S3Call(method: .put, operation: "PUT", bucket: bucket, key: key, body: body)
    call.payloadHash = checksum.hex
    call.headers = [
      HTTPHeader("Content-Type", contentType),
      HTTPHeader("x-amz-checksum-sha256", ByteEncoding.base64(checksum.digest)),
      HTTPHeader("x-amz-meta-sha256", checksum.hex),
    ]
    guard condition != .none else {
      _ = try await perform(call)
      return
    }
    // A try whose answer was lost may have stored the object; the next one is then refused for the sake of our own
    // bytes. Only this call knows this word, so whoever finds it noted there knows who wrote.
    let word = WriteMark.random()
    call.headers += condition.headers + [HTTPHeader(WriteMark.field, word)]
    do throws(S3Error) {
      _ = try await perform(call)
    } catch {
      guard error.kind == .preconditionFailed, await mark(bucket: bucket, key: key) == word else { throw error }
    }
  }

  private func mark(bucket: String, key: String) async -> String? {
    let call = S3Call(method: .head, operation: "HEAD", bucket: bucket, key: key)
    return try? await perform(call).headers[WriteMark.field]
  }

  /// Asks whether an object is what was uploaded, as far as the server tells: its length and the noted SHA-256.
  ///
  /// - Throws: `.integrity` when it is another one, `.notFound` when there is none.
  @discardableResult package func confirmObject(
    bucket: String, key: String, size: Int64, checksum: Checksum
  ) async throws(S3Error) -> S3ObjectInfo {
    let info = try await headObject(bucket: bucket, key: key)
    guard info.size == size, info.notedChecksum == checksum else {
      let subject = S3Subject(operation: "HEAD", endpoint: endpoint, bucket: bucket, key: key)
      throw subject.error(
        .integrity, code: "OtherObject",
        "the object has \(info.size) bytes and notes \(info.notedChecksum?.hex ?? "no SHA-256"), expected \(size) "
          + "bytes and \(checksum)")
    }
    return info
  }
}

/// The metadata that tells one conditional write from all others.
enum WriteMark {
  /// Header field of the metadata.
  static let field = "x-amz-meta-write"

  /// 128 random bits in hex.
  static func random() -> String {
    var generator = SystemRandomNumberGenerator()
    return ByteEncoding.hex((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }
}
