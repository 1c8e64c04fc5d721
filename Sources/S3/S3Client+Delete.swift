internal import HTTPTransport
internal import Hashing

/// A key that a server did not delete, and why.
package struct S3DeleteFailure: Equatable, Sendable {
  package var key: String
  /// The server's word, such as `AccessDenied`.
  package var code: String
  package var message: String

  package init(key: String, code: String, message: String) {
    self.key = key
    self.code = code
    self.message = message
  }
}

extension S3Client {
  /// Deletes objects, 1,000 a request; those that are not there are fine.
  ///
  /// - Returns: the keys that were not deleted; all others were.
  /// - Throws: what ended a whole request. The same call may be made again.
  package func deleteObjects(bucket: String, keys: [String]) async throws(S3Error) -> [S3DeleteFailure] {
    var failures: [S3DeleteFailure] = []
    for batch in DeleteBatch.split(keys) {
      do throws(S3Error) {
        failures += try await delete(batch, bucket: bucket)
      } catch {
        // A service without bulk deletion.
        guard error.status == 501 || error.status == 405 else { throw error }
        failures += try await deleteSingly(batch.keys, bucket: bucket)
      }
    }
    // XML 1.0 has no way to write these.
    failures += try await deleteSingly(keys.filter { !S3Documents.canWrite($0) }, bucket: bucket)
    return failures
  }

  /// What failed for the moment only is asked for again, twice.
  private func delete(_ batch: DeleteBatch, bucket: String) async throws(S3Error) -> [S3DeleteFailure] {
    var batch = batch
    var lasting: [S3DeleteFailure] = []
    for round in 1...3 {
      let failures = try await request(batch, bucket: bucket)
      let again = failures.filter { S3Error.Kind(status: 400, code: $0.code).isTransient }
      guard !again.isEmpty, round < 3 else { return lasting + failures }
      lasting += failures.filter { !S3Error.Kind(status: 400, code: $0.code).isTransient }
      await pause(for: .milliseconds(200 * round))
      batch = DeleteBatch(keys: again.map(\.key))
    }
    return lasting
  }

  private func request(_ batch: DeleteBatch, bucket: String) async throws(S3Error) -> [S3DeleteFailure] {
    let document = S3Documents.deletion(batch.keys)
    var call = S3Call(method: .post, operation: "DELETE", bucket: bucket, body: .bytes(document))
    let digest = SHA256.digest(of: document)
    call.query = [("delete", "")]
    call.payloadHash = ByteEncoding.hex(digest)
    call.headers = [HTTPHeader("Content-Type", "application/xml")]
    // AWS takes either, MinIO and Swift insist on the old one.
    call.headers.append(HTTPHeader("x-amz-checksum-sha256", ByteEncoding.base64(digest)))
    if let old = MD5.digest(of: document) {
      call.headers.append(HTTPHeader("Content-MD5", ByteEncoding.base64(old)))
    }
    let response = try await perform(call)
    let result = try parsed(call, response) { (body) throws(XMLReader.Malformed) in try S3DeleteResult(body) }
    return result.failures.filter { $0.code != "NoSuchKey" }
  }

  private func deleteSingly(_ keys: [String], bucket: String) async throws(S3Error) -> [S3DeleteFailure] {
    var failures: [S3DeleteFailure] = []
    for key in keys {
      do throws(S3Error) {
        try await deleteObject(bucket: bucket, key: key)
      } catch {
        // What concerns one key is told beside it; what would concern the next one too ends the call.
        guard error.kind == .denied || error.kind == .invalidRequest, error.code != "NoSuchBucket" else {
          throw error
        }
        failures.append(S3DeleteFailure(key: key, code: error.code, message: error.message))
      }
    }
    return failures
  }
}

/// The keys of one request.
struct DeleteBatch: Equatable {
  var keys: [String]

  /// The protocol's limit.
  static let mostKeys = 1000
  /// Bytes of keys; AWS reads documents of 2 MiB, and escaping makes them longer.
  static let mostBytes = 256 * 1024

  /// All keys that can be written, in their order.
  static func split(_ keys: [String]) -> [DeleteBatch] {
    var batches: [DeleteBatch] = []
    var bytes = 0
    for key in keys where S3Documents.canWrite(key) {
      bytes += key.utf8.count
      if let last = batches.last, last.keys.count < mostKeys, bytes <= mostBytes {
        batches[batches.count - 1].keys.append(key)
      } else {
        batches.append(DeleteBatch(keys: [key]))
        bytes = key.utf8.count
      }
    }
    return batches
  }
}
