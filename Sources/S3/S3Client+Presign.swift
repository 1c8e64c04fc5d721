package import BundleModel

extension S3Client {
  /// A URL that fetches one object without credentials until it expires. Signs locally, contacts nobody.
  ///
  /// - Parameters:
  ///   - endpoint: the host to sign for, when it is not the one that this client talks to: a signature covers it.
  ///   - expires: from now; cut to whole seconds.
  ///   - contentDisposition: what the server shall answer as Content-Disposition.
  ///   - contentType: what the server shall answer as Content-Type.
  /// - Throws: `.invalidRequest` when `expires` is not within 1 s and 7 days, the protocol's limit.
  package func presignGet(
    bucket: String, key: String, expires: Duration, contentDisposition: String? = nil, contentType: String? = nil,
    endpoint: S3Endpoint? = nil
  ) throws(S3Error) -> Secret<String> {
    var query: [(name: String, value: String?)] = []
    if let contentDisposition { query.append(("response-content-disposition", contentDisposition)) }
    if let contentType { query.append(("response-content-type", contentType)) }
    return try Presigner(signer).url(
      method: "GET", endpoint: endpoint ?? self.endpoint, bucket: bucket, key: key,
      expires: Int(clamping: expires.components.seconds), query: query, at: signingMoment)
  }
}
