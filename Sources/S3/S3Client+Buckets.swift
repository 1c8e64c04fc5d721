internal import BundleModel
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

  /// Every object whose key begins with `prefix`, in the server's order, all pages.
  ///
  /// - Parameter pageSize: at most 1,000.
  package func listObjects(
    bucket: String, prefix: String = "", pageSize: Int = 1000
  ) async throws(S3Error) -> [S3ListedObject] {
    var objects: [S3ListedObject] = []
    var continuation = ""
    while true {
      var call = S3Call(method: .get, operation: "LIST", bucket: bucket)
      call.query = [("list-type", "2"), ("encoding-type", "url"), ("max-keys", String(pageSize))]
      if !prefix.isEmpty { call.query.append(("prefix", prefix)) }
      if !continuation.isEmpty { call.query.append(("continuation-token", continuation)) }
      let response = try await perform(call)
      let page: S3ListPage
      do throws(XMLReader.Malformed) {
        page = try S3ListPage(response.body)
      } catch {
        throw call.subject(endpoint).error(
          .serverError, status: response.status, code: "MalformedAnswer",
          "the answer is not a listing (byte \(error.offset))")
      }
      objects += page.objects
      guard page.isTruncated else { return objects }
      guard !page.continuation.isEmpty, page.continuation != continuation else {
        throw call.subject(endpoint).error(
          .serverError, status: response.status, code: "MalformedAnswer", "the listing does not go on")
      }
      continuation = page.continuation
    }
  }
}
