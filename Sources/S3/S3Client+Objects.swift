internal import HTTPTransport

extension S3Client {
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
