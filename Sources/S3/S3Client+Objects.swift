package import BundleModel
internal import Hashing
internal import ProcessControl

/// What a server says of an object.
package struct S3ObjectInfo: Equatable, Sendable {
  /// Bytes.
  package var size: Int64
  /// Without quotes.
  package var etag: String
  package var contentType: String?
  /// The server's own SHA-256 of the whole object (`x-amz-checksum-sha256`). Some servers only echo the uploader's.
  package var serverChecksum: Checksum?
  /// What the uploader noted (`x-amz-meta-sha256`): a claim, not a proof.
  package var notedChecksum: Checksum?

  init(_ response: HTTPResponse) {
    size = response.headers["content-length"].flatMap { Int64($0) } ?? response.received
    etag = (response.headers["etag"] ?? "").filter { $0 != "\"" }
    contentType = response.headers["content-type"]
    // A multipart object's value ends in "-N" and is not the hash of its bytes: it does not decode.
    serverChecksum = response.headers["x-amz-checksum-sha256"].flatMap { ByteEncoding.bytes(base64: $0) }
      .flatMap { Checksum(digest: $0) }
    notedChecksum = response.headers["x-amz-meta-sha256"].flatMap { Checksum(hex: $0) }
  }
}

extension S3Client {
  /// Uploads a file in constant memory. Its SHA-256 is signed, sent as checksum and noted as metadata, and what
  /// leaves is hashed on the way: a file that is not what `checksum` says is never stored whole.
  ///
  /// - Parameter size: bytes; a file of another length is refused.
  /// - Throws: `.integrity` when the file is not what was promised, `.file` when it cannot be read.
  package func putObject(
    bucket: String, key: String, file: String, size: Int64, checksum: Checksum, contentType: String,
    progress: ByteProgress? = nil
  ) async throws(S3Error) {
    let body = UploadBody.file(path: file, size: size, checksum: checksum, progress: progress)
    try await put(bucket: bucket, key: key, body: body, checksum: checksum, contentType: contentType)
  }

  /// Uploads bytes that are already in memory.
  package func putObject(
    bucket: String, key: String, bytes: [UInt8], contentType: String = "application/octet-stream"
  ) async throws(S3Error) {
    guard let checksum = Checksum(digest: SHA256.digest(of: bytes)) else { return }
    try await put(bucket: bucket, key: key, body: .bytes(bytes), checksum: checksum, contentType: contentType)
  }

  private func put(
    bucket: String, key: String, body: UploadBody, checksum: Checksum, contentType: String
  ) async throws(S3Error) {
    var call = S3Call(method: .put, operation: "PUT", bucket: bucket, key: key, body: body)
    call.payloadHash = checksum.hex
    call.headers = [
      HTTPHeader("Content-Type", contentType),
      HTTPHeader("x-amz-checksum-sha256", ByteEncoding.base64(checksum.digest)),
      HTTPHeader("x-amz-meta-sha256", checksum.hex),
    ]
    _ = try await perform(call)
  }

  /// Downloads an object to a file, which appears under its name only whole, synced and equal to `checksum`.
  ///
  /// - Parameter file: replaced when it exists; its directory must exist.
  /// - Throws: `.integrity` when the bytes differ from `checksum`; nothing is left behind then.
  package func getObject(
    bucket: String, key: String, file: String, checksum: Checksum, progress: ByteProgress? = nil
  ) async throws(S3Error) -> S3ObjectInfo {
    let temporary = TemporaryFile(beside: file)
    var call = S3Call(method: .get, operation: "GET", bucket: bucket, key: key)
    call.sink = .file(path: temporary.path, progress: progress)
    call.answersDocument = false
    let subject = call.subject(endpoint)
    do throws(S3Error) {
      let response = try await perform(call)
      guard response.digest == checksum else {
        throw subject.error(
          .integrity, code: "ChecksumMismatch",
          "the object's SHA-256 is \(response.digest?.hex ?? "unknown"), expected \(checksum)")
      }
      let result = await DetachedThread.value { temporary.commit(as: file) }
      if let reason = result { throw subject.error(.file, code: "File", reason) }
      return S3ObjectInfo(response)
    } catch {
      await DetachedThread.value { temporary.discard() }
      throw error
    }
  }

  /// Downloads a small object into memory.
  ///
  /// - Parameter limit: bytes; a longer object is an error.
  package func getObject(
    bucket: String, key: String, limit: Int
  ) async throws(S3Error) -> (bytes: [UInt8], info: S3ObjectInfo) {
    var call = S3Call(method: .get, operation: "GET", bucket: bucket, key: key)
    call.sink = .memory(limit: limit)
    call.answersDocument = false
    let response = try await perform(call)
    return (response.body, S3ObjectInfo(response))
  }

  /// Reads an object to its end and keeps nothing but its SHA-256 and its length.
  package func hashObject(bucket: String, key: String) async throws(S3Error) -> (checksum: Checksum, size: Int64) {
    var call = S3Call(method: .get, operation: "GET", bucket: bucket, key: key)
    call.sink = .hash
    call.answersDocument = false
    let response = try await perform(call)
    guard let checksum = response.digest else {
      throw call.subject(endpoint).error(.serverError, code: "NoBody", "the answer has no body")
    }
    return (checksum, response.received)
  }

  /// Asks what a server knows of an object.
  ///
  /// - Throws: `.notFound` for a 404 and for nothing else.
  package func headObject(bucket: String, key: String) async throws(S3Error) -> S3ObjectInfo {
    var call = S3Call(method: .head, operation: "HEAD", bucket: bucket, key: key)
    call.headers = [HTTPHeader("x-amz-checksum-mode", "ENABLED")]
    return S3ObjectInfo(try await perform(call))
  }

  /// Deletes an object; one that is not there is fine.
  package func deleteObject(bucket: String, key: String) async throws(S3Error) {
    do throws(S3Error) {
      _ = try await perform(S3Call(method: .delete, operation: "DELETE", bucket: bucket, key: key))
    } catch {
      // AWS answers 204 for a key that is not there, others 404.
      guard error.kind == .notFound, error.code != "NoSuchBucket" else { throw error }
    }
  }
}
