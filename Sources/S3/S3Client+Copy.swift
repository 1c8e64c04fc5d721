internal import HTTPTransport

extension S3Client {
  /// Copies an object within the service, with its metadata; its bytes never come here.
  ///
  /// - Parameter condition: what must hold for the target's key.
  /// - Throws: `.notFound` when there is no such object, `.invalidRequest` above 5 GiB, the protocol's limit.
  package func copyObject(
    bucket: String, key: String, toBucket: String, toKey: String, condition: PutCondition = .none
  ) async throws(S3Error) {
    let source = try await headObject(bucket: bucket, key: key)
    var call = S3Call(method: .put, operation: "COPY", bucket: toBucket, key: toKey, body: .bytes([]))
    guard source.size <= MultipartSettings.largestRequest else {
      throw S3Subject(operation: "COPY", endpoint: endpoint, bucket: bucket, key: key).error(
        .invalidRequest, code: "EntityTooLarge",
        "the object has \(source.size) bytes; a server copies 5 GiB at most, so download and upload it")
    }
    var path: [UInt8] = [47]
    ByteEncoding.appendPercentEncoded(bucket.utf8, keepingSlash: false, to: &path)
    path.append(47)
    ByteEncoding.appendPercentEncoded(key.utf8, keepingSlash: true, to: &path)
    call.headers = [HTTPHeader("x-amz-copy-source", String(decoding: path, as: UTF8.self))] + condition.headers
    let response = try await perform(call)
    let isResult = try parsed(call, response) { (body) throws(XMLReader.Malformed) in
      try XMLWalk.read(body, root: "CopyObjectResult") { _, _ in }
    }
    guard isResult else {
      throw call.subject(endpoint).error(
        .serverError, status: response.status, code: "MalformedAnswer", "the answer is not what was asked for")
    }
  }
}
