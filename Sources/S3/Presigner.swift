package import BundleModel
internal import HTTPTransport

/// Makes URLs that work without credentials until they expire. Pure: it contacts nobody and takes no time of its own.
///
/// The derived key is kept, so one presigner is made for many URLs.
package struct Presigner: Sendable {
  private let signer: SignatureV4

  /// - Parameters:
  ///   - service: what the scope names.
  ///   - rules: `.generic` for services that normalise paths; S3 does not.
  ///   - token: where a session token goes.
  package init(
    credentials: S3Credentials, region: String, service: String = "s3", rules: PathRules = .s3,
    token: TokenPlacement = .signed
  ) {
    signer = SignatureV4(credentials: credentials, region: region, service: service, rules: rules, token: token)
  }

  init(_ signer: SignatureV4) { self.signer = signer }

  /// A URL for one request on one object.
  ///
  /// - Parameters:
  ///   - method: in upper case.
  ///   - key: 1 to 1,024 bytes of any content, taken as they are.
  ///   - expires: seconds from `moment`, 1 to 604,800.
  ///   - query: names may repeat; one without a value is signed and sent as `name=`.
  ///   - headers: all are signed besides Host, so the request must have them; `x-amz-content-sha256` binds the body.
  /// - Throws: `.invalidRequest` for what cannot be signed.
  package func url(
    method: String, endpoint: S3Endpoint, bucket: String, key: [UInt8], expires: Int,
    query: [(name: String, value: String?)] = [], headers: [(name: String, value: String)] = [],
    at moment: Timestamp
  ) throws(S3Error) -> Secret<String> {
    let subject = S3Subject(
      operation: "PRESIGN", endpoint: endpoint, bucket: bucket, key: String(decoding: key, as: UTF8.self))
    func refuse(_ code: String, _ detail: String) -> S3Error { subject.error(.invalidRequest, code: code, detail) }
    guard !method.isEmpty, method.utf8.allSatisfy({ (65...90).contains($0) }) else {
      throw refuse("Method", "a method is a word in upper case, such as GET")
    }
    guard !bucket.isEmpty else { throw refuse("EmptyName", "the bucket's name is empty") }
    guard (1...1024).contains(key.count) else {
      throw refuse("KeyLength", "a key has 1 to 1024 bytes, not \(key.count)")
    }
    guard (1...SignatureV4.longestExpiry).contains(expires) else {
      throw refuse("Expiry", "a signed URL lives 1 s to 7 days (604800 s), not \(expires) s")
    }
    guard !signer.credentials.accessKeyID.isEmpty, !signer.region.isEmpty else {
      throw refuse("Credentials", "the access key or the region is empty")
    }
    guard (0...9999).contains(CivilTime(moment).year) else {
      throw refuse("Moment", "a signature's date has a year of four digits")
    }
    for (name, value) in headers {
      guard Presigner.isToken(name), value.utf8.allSatisfy({ $0 >= 32 && $0 != 127 || $0 == 9 }) else {
        throw refuse(
          "Header", "a header field has a name of letters, digits and -, and a value without line breaks")
      }
    }
    for (name, _) in query where name.isEmpty || Presigner.isOurs(name) {
      throw refuse("Query", "a parameter of the query has no name or one of the signature's own")
    }
    let request = SignableRequest(
      method: method, authority: endpoint.authority(bucket: bucket), path: endpoint.path(bucket: bucket, key: key),
      query: query.map { ($0.name, $0.value ?? "") }, headers: headers.map { HTTPHeader($0.name, $0.value) })
    return Secret(signed(request, endpoint, expires: expires, at: moment))
  }

  /// The same for a key as text, whose bytes are taken as they are: nothing is composed or decomposed.
  package func url(
    method: String, endpoint: S3Endpoint, bucket: String, key: String, expires: Int,
    query: [(name: String, value: String?)] = [], headers: [(name: String, value: String)] = [],
    at moment: Timestamp
  ) throws(S3Error) -> Secret<String> {
    try url(
      method: method, endpoint: endpoint, bucket: bucket, key: Array(key.utf8), expires: expires, query: query,
      headers: headers, at: moment)
  }

  private func signed(
    _ request: SignableRequest, _ endpoint: S3Endpoint, expires: Int, at moment: Timestamp
  ) -> String {
    var url: [UInt8] = []
    url.reserveCapacity(768)
    url += endpoint.scheme.utf8
    url += "://".utf8
    url += request.authority.utf8
    url += request.path
    url.append(63)
    url += signer.query(presigning: request, expires: expires, at: moment)
    return String(decoding: url, as: UTF8.self)
  }

  /// RFC 9110, section 5.6.2.
  private static func isToken(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (94...122).contains($0) || $0 == 124 || $0 == 126
          || (35...39).contains($0) || $0 == 33 || $0 == 42 || $0 == 43 || $0 == 45 || $0 == 46
      }
  }

  private static func isOurs(_ name: String) -> Bool {
    guard name.utf8.first == 88 else { return false }
    return [
      "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-Security-Token",
      "X-Amz-SignedHeaders", "X-Amz-Signature",
    ].contains { $0.utf8.elementsEqual(name.utf8) }
  }
}
