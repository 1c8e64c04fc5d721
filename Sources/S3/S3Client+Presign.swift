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
    let endpoint = endpoint ?? self.endpoint
    let seconds = Int(clamping: expires.components.seconds)
    var call = S3Call(method: .get, operation: "PRESIGN", bucket: bucket, key: key)
    guard (1...SignatureV4.longestExpiry).contains(seconds) else {
      throw call.subject(endpoint).error(
        .invalidRequest, code: "Expiry", "a signed URL lives 1 s to 7 days, not \(seconds) s")
    }
    if let contentDisposition { call.query.append(("response-content-disposition", contentDisposition)) }
    if let contentType { call.query.append(("response-content-type", contentType)) }
    let signable = call.signable(endpoint)
    var url: [UInt8] = []
    url.reserveCapacity(768)
    url += endpoint.scheme.utf8
    url += "://".utf8
    url += signable.authority.utf8
    url += signable.path
    url.append(63)
    url += signer.query(presigning: signable, expires: seconds, at: signingMoment)
    return Secret(String(decoding: url, as: UTF8.self))
  }
}
