package import BundleModel
internal import ProcessControl

extension S3Client {
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
}
