package import BundleModel
internal import Hashing

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
}
