internal import BundleModel
internal import HTTPTransport
internal import Hashing

extension S3Client {
  /// Creates a private bucket; one that is ours already is fine.
  package func createBucket(_ bucket: String) async throws(S3Error) {
    var call = S3Call(method: .put, operation: "CREATE", bucket: bucket, body: .bytes([]))
    if region != "us-east-1" {  // which must not be named, while every other one must be
      let document = Array(
        "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>\(region)</LocationConstraint></CreateBucketConfiguration>"
          .utf8)
      call.body = .bytes(document)
      call.payloadHash = ByteEncoding.hex(SHA256.digest(of: document))
    }
    do throws(S3Error) {
      _ = try await perform(call)
    } catch {
      if error.code == "BucketAlreadyOwnedByYou" { return }
      guard error.code == "BucketAlreadyExists" else { throw error }
      try await headBucket(bucket)  // some servers say so of our own buckets too: ours lets us in
    }
  }

  /// Asks whether a bucket is there and we may see it: the cheapest question that needs valid keys.
  package func headBucket(_ bucket: String, limits: CallLimits? = nil) async throws(S3Error) {
    _ = try await perform(S3Call(method: .head, operation: "HEAD", bucket: bucket, limits: limits))
  }

  /// The region that a bucket lives in.
  package func bucketRegion(_ bucket: String) async throws(S3Error) -> String {
    var call = S3Call(method: .get, operation: "LOCATION", bucket: bucket)
    call.query = [("location", "")]
    let response = try await perform(call)
    return try parsed(call, response) { (body) throws(XMLReader.Malformed) in try S3Location(body) }.region
  }
}
