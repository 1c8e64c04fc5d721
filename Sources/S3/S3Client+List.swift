internal import HTTPTransport

extension S3Client {
  /// Every object whose key begins with `prefix`, in the server's order, all pages.
  ///
  /// - Parameter pageSize: at most 1,000.
  package func listObjects(
    bucket: String, prefix: String = "", pageSize: Int = 1000
  ) async throws(S3Error) -> [S3ListedObject] {
    var objects: [S3ListedObject] = []
    try await eachPage(bucket: bucket, prefix: prefix, pageSize: pageSize) { objects += $0 }
    return objects
  }

  /// The same one by one, in constant memory: a page at a time, and the next page only when `body` is done with
  /// this one. What `body` throws ends the listing.
  package func eachObject(
    bucket: String, prefix: String = "", pageSize: Int = 1000,
    _ body: (S3ListedObject) async throws(S3Error) -> Void
  ) async throws(S3Error) {
    try await eachPage(bucket: bucket, prefix: prefix, pageSize: pageSize) { (page) throws(S3Error) in
      for object in page { try await body(object) }
    }
  }

  /// The same page by page.
  package func eachPage(
    bucket: String, prefix: String = "", pageSize: Int = 1000,
    _ body: ([S3ListedObject]) async throws(S3Error) -> Void
  ) async throws(S3Error) {
    var continuation = ""
    while true {
      var call = S3Call(method: .get, operation: "LIST", bucket: bucket)
      call.query = [("list-type", "2"), ("encoding-type", "url"), ("max-keys", String(pageSize))]
      if !prefix.isEmpty { call.query.append(("prefix", prefix)) }
      if !continuation.isEmpty { call.query.append(("continuation-token", continuation)) }
      let response = try await perform(call)
      let page = try parsed(call, response) { (body) throws(XMLReader.Malformed) in try S3ListPage(body) }
      try await body(page.objects)
      guard page.isTruncated else { return }
      // Tokens may hold keys, and Swift takes different bytes for equal text.
      guard !page.continuation.isEmpty, !page.continuation.utf8.elementsEqual(continuation.utf8) else {
        throw standstill(call, response)
      }
      continuation = page.continuation
    }
  }
}
