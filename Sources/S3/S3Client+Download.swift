package import BundleModel
internal import HTTPTransport
internal import ProcessControl

extension S3Client {
  /// Downloads an object to a file, which appears under its name only whole, synced and equal to `checksum`.
  ///
  /// A broken connection, a truncated answer or a server that restarts in between is survived: the next try asks
  /// for the rest of the same object. When the object has changed meanwhile, all of it is fetched again.
  ///
  /// - Parameter file: replaced when it exists; its directory must exist.
  /// - Throws: `.integrity` when the bytes differ from `checksum`; nothing is left behind then.
  package func getObject(
    bucket: String, key: String, file: String, checksum: Checksum, progress: ByteProgress? = nil
  ) async throws(S3Error) -> S3ObjectInfo {
    try await download(bucket: bucket, key: key, file: file, checksum: checksum, progress: progress).info
  }

  /// Downloads an object whose SHA-256 is not known beforehand; where the server or the uploader noted one, the
  /// bytes must have it.
  ///
  /// - Parameters:
  ///   - file: replaced when it exists; its directory must exist.
  ///   - syncsDirectory: false where the caller does it, once for many files: the file's name survives a power cut
  ///     only then.
  /// - Returns: what the server says of the object, and the SHA-256 of what is in the file now.
  /// - Throws: `.integrity` when the bytes differ from what was noted; nothing is left behind then.
  package func getObject(
    bucket: String, key: String, file: String, syncsDirectory: Bool = true, progress: ByteProgress? = nil
  ) async throws(S3Error) -> (info: S3ObjectInfo, checksum: Checksum) {
    try await download(
      bucket: bucket, key: key, file: file, checksum: nil, syncsDirectory: syncsDirectory, progress: progress)
  }

  /// Downloads a small object into memory.
  ///
  /// - Parameter limit: bytes; a longer object is an error.
  package func getObject(
    bucket: String, key: String, limit: Int
  ) async throws(S3Error) -> (bytes: [UInt8], info: S3ObjectInfo) {
    let (response, digest) = try await receive(.memory(limit: limit), bucket: bucket, key: key)
    let info = S3ObjectInfo(response)
    if let expected = info.serverChecksum ?? info.notedChecksum, expected != digest {
      throw S3Call(method: .get, operation: "GET", bucket: bucket, key: key).subject(endpoint).error(
        .integrity, code: "ChecksumMismatch", "the object's SHA-256 is \(digest), expected \(expected)")
    }
    return (response.body, info)
  }

  /// Reads an object to its end and keeps nothing but its SHA-256 and its length.
  package func hashObject(bucket: String, key: String) async throws(S3Error) -> (checksum: Checksum, size: Int64) {
    let (response, checksum) = try await receive(.hash, bucket: bucket, key: key)
    return (checksum, response.received)
  }

  private func download(
    bucket: String, key: String, file: String, checksum: Checksum?, syncsDirectory: Bool = true,
    progress: ByteProgress?
  ) async throws(S3Error) -> (info: S3ObjectInfo, checksum: Checksum) {
    let temporary = TemporaryFile(beside: file)
    let subject = S3Call(method: .get, operation: "GET", bucket: bucket, key: key).subject(endpoint)
    do throws(S3Error) {
      let (response, digest) = try await receive(
        .file(path: temporary.path, progress: progress), bucket: bucket, key: key)
      let info = S3ObjectInfo(response)
      if let expected = checksum ?? info.serverChecksum ?? info.notedChecksum, expected != digest {
        throw subject.error(
          .integrity, code: "ChecksumMismatch", "the object's SHA-256 is \(digest), expected \(expected)")
      }
      let result = await DetachedThread.value { temporary.commit(as: file, syncsDirectory: syncsDirectory) }
      if let reason = result { throw subject.error(.file, code: "File", reason) }
      return (info, digest)
    } catch {
      await DetachedThread.value { temporary.discard() }
      throw error
    }
  }

  private func receive(
    _ destination: ObjectReceiver.Destination, bucket: String, key: String
  ) async throws(S3Error) -> (HTTPResponse, Checksum) {
    let receiver = ObjectReceiver(destination)
    defer { receiver.close() }
    var call = S3Call(method: .get, operation: "GET", bucket: bucket, key: key)
    call.receiver = receiver
    call.answersDocument = false
    call.headers = [HTTPHeader("x-amz-checksum-mode", "ENABLED")]
    let response = try await perform(call)
    guard let checksum = receiver.digest else {
      throw call.subject(endpoint).error(.serverError, code: "NoBody", "the answer has no body")
    }
    return (response, checksum)
  }
}
