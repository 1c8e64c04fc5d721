package import BundleModel
internal import HTTPTransport
internal import ProcessControl

extension S3Client {
  /// Uploads a file of any size in constant memory: in one request when it is small enough, else in parts, several
  /// at a time, each with its own SHA-256. The whole file's SHA-256 is compared before the parts become an object;
  /// an upload that fails or is cancelled is aborted, so that nothing of it stays.
  ///
  /// - Parameter size: bytes; a file of another length is refused.
  /// - Returns: the object's ETag without quotes; nil when it went up in one request or the server told none.
  /// - Throws: `.integrity` when the file is not what was promised, `.file` when it cannot be read,
  ///   `.preconditionFailed` when `condition` does not hold.
  @discardableResult package func uploadObject(
    bucket: String, key: String, file: String, size: Int64, checksum: Checksum, contentType: String,
    condition: PutCondition = .none, multipart: MultipartSettings = MultipartSettings(),
    progress: ByteProgress? = nil
  ) async throws(S3Error) -> String? {
    guard !multipart.fitsOneRequest(size) else {
      try await putObject(
        bucket: bucket, key: key, file: file, size: size, checksum: checksum, contentType: contentType,
        condition: condition, progress: progress)
      return nil
    }
    let subject = S3Subject(operation: "PUT", endpoint: endpoint, bucket: bucket, key: key)
    guard let parts = multipart.parts(of: size) else {
      throw subject.error(.invalidRequest, code: "EntityTooLarge", "\(size) bytes are more than S3 takes")
    }
    let upload = MultipartUpload(
      client: self, bucket: bucket, key: key, file: file, size: size, checksum: checksum,
      contentType: contentType, condition: condition)
    do throws(S3Error) {
      return try await upload.run(parts, parallel: max(1, multipart.parallel), progress: progress)
    } catch {
      // Somebody has swept our upload away: once is bad luck.
      guard error.code == "NoSuchUpload" else { throw error }
      return try await upload.run(parts, parallel: max(1, multipart.parallel), progress: progress)
    }
  }

  /// Uploads a file whose SHA-256 is not known yet: it is read once to find out, then sent as above; a small one
  /// from memory, so that it is read only once.
  package func uploadObject(
    bucket: String, key: String, file: String, contentType: String, condition: PutCondition = .none,
    multipart: MultipartSettings = MultipartSettings(), progress: ByteProgress? = nil
  ) async throws(S3Error) -> (checksum: Checksum, size: Int64) {
    let found: FoundFile
    do throws(TransportError) {
      found = try await BlockingThread.runCancellable { (cancel) throws(TransportError) in
        try FoundFile(file, cancel: cancel)
      }
    } catch {
      throw S3Error(error, S3Subject(operation: "PUT", endpoint: endpoint, bucket: bucket, key: key))
    }
    if let bytes = found.bytes, multipart.fitsOneRequest(found.size) {
      try await put(
        bucket: bucket, key: key, body: .bytes(bytes), checksum: found.checksum, contentType: contentType,
        condition: condition)
      progress?(found.size)
    } else {
      try await uploadObject(
        bucket: bucket, key: key, file: file, size: found.size, checksum: found.checksum, contentType: contentType,
        condition: condition, multipart: multipart, progress: progress)
    }
    return (found.checksum, found.size)
  }

  /// Waits for work that goes on when the caller is cancelled: for `grace` more, then it is cancelled too.
  func shielded<Value: Sendable>(
    grace: Duration, _ work: @escaping @Sendable () async throws(S3Error) -> Value
  ) async throws(S3Error) -> Value {
    let task = Task { () -> Result<Value, S3Error> in
      do throws(S3Error) {
        return .success(try await work())
      } catch {
        return .failure(error)
      }
    }
    let result = await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      Task {
        await self.pause(for: grace)
        task.cancel()
      }
    }
    return try result.get()
  }
}
