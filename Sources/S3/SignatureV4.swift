internal import BundleModel
internal import HTTPTransport
internal import Hashing

/// Whether a session token is part of what is signed. S3 and most services want it so; a few do not.
package enum TokenPlacement: Sendable {
  case signed
  /// Added to the signed request.
  case afterSigning
}

/// What of a request is signed. Path and host are signed exactly as they are sent.
struct SignableRequest: Sendable {
  var method: String
  /// `host[:port]`, as the Host header says it.
  var authority: String
  /// Encoded once, never normalised.
  var path: [UInt8]
  /// Names and values before encoding; a name without a value has an empty one.
  var query: [(name: String, value: String)] = []
  /// What is sent besides Host; fields outside the allow-list are left out of the signature.
  var headers: [HTTPHeader] = []
}

/// AWS Signature Version 4 for S3, as a pure function over bytes: moment and credentials are passed in, and what
/// comes back are additions; the request itself is never changed. Other services' rules for paths and tokens are there
/// for the asking.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html and
/// `sigv4-query-string-auth.html`.
struct SignatureV4: Sendable {
  let credentials: S3Credentials
  let region: String
  let service: String
  let rules: PathRules
  let token: TokenPlacement
  private let keys: SigningKeyCache

  /// The hash of no bytes at all.
  static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  /// What a presigned URL says in place of the hash of its body.
  static let unsignedPayload = "UNSIGNED-PAYLOAD"
  /// The protocol's limit for presigned URLs, in seconds: seven days.
  static let longestExpiry = 604_800

  init(
    credentials: S3Credentials, region: String, service: String = "s3", rules: PathRules = .s3,
    token: TokenPlacement = .signed
  ) {
    self.credentials = credentials
    self.region = region
    self.service = service
    self.rules = rules
    self.token = token
    keys = SigningKeyCache()
  }

  /// Proxies and libcurl may add, change or drop the other fields, so only these are signed.
  static func isSigned(_ name: String) -> Bool {
    switch name {
    case "host", "range", "date", "content-type", "content-md5": true
    default: name.hasPrefix("x-amz-")
    }
  }

  /// The header fields that sign a request: x-amz-date, x-amz-content-sha256, the security token and Authorization.
  ///
  /// - Parameter payloadHash: SHA-256 of the body in hex.
  func headers(signing request: SignableRequest, payloadHash: String, at moment: Timestamp) -> [HTTPHeader] {
    let date = AmazonDate(moment)
    let day = day(date)
    var additions = [HTTPHeader("x-amz-content-sha256", payloadHash), HTTPHeader("x-amz-date", date.text)]
    let tokenField = credentials.sessionToken.map { [HTTPHeader("x-amz-security-token", $0.reveal())] } ?? []
    if token == .signed { additions += tokenField }
    let canonical = CanonicalHeaders(authority: request.authority, headers: request.headers + additions)
    if token == .afterSigning { additions += tokenField }
    var text = CanonicalRequest(method: request.method, path: rules.canonical(request.path))
    text.append(query: SignatureV4.sorted(request.query))
    text.append(headers: canonical, payloadHash: payloadHash.utf8)
    var value = Array("AWS4-HMAC-SHA256 Credential=".utf8)
    value += credentials.accessKeyID.utf8
    value.append(47)
    value += day.scope
    value += ",SignedHeaders=".utf8
    value += canonical.names
    value += ",Signature=".utf8
    ByteEncoding.appendHex(signature(of: text.bytes, date: date, day: day), to: &value)
    additions.append(HTTPHeader("Authorization", String(decoding: value, as: UTF8.self)))
    return additions
  }

  /// The encoded query that makes a URL usable without credentials, signature included. Host and all of the
  /// request's header fields are signed, so that whoever uses the URL must send them.
  ///
  /// - Parameter expires: seconds from `moment`; the caller keeps it within 1 and `longestExpiry`.
  func query(presigning request: SignableRequest, expires: Int, at moment: Timestamp) -> [UInt8] {
    let date = AmazonDate(moment)
    let day = day(date)
    let canonical = CanonicalHeaders(authority: request.authority, headers: request.headers, all: true)
    var query = queryStart(day, date, expires: expires, names: canonical.names)
    if request.query.allSatisfy({ SignatureV4.sortsLast($0.name) }) {
      if !request.query.isEmpty {
        query.append(38)
        query += SignatureV4.sorted(request.query)
      }
    } else {
      // Rare, so it may cost: our own parameters come out of their encoding and are sorted with the others.
      query = SignatureV4.sorted(query: query, with: request.query)
    }
    var text = CanonicalRequest(method: request.method, path: rules.canonical(request.path))
    text.append(query: query)
    if let hash = canonical.payloadHash {
      text.append(headers: canonical, payloadHash: hash)
    } else {
      text.append(headers: canonical, payloadHash: SignatureV4.unsignedPayload.utf8)
    }
    query += "&X-Amz-Signature=".utf8
    ByteEncoding.appendHex(signature(of: text.bytes, date: date, day: day), to: &query)
    if token == .afterSigning { appendToken(to: &query) }
    return query
  }

  /// The parameters of every presigned query, encoded and in order.
  private func queryStart(_ day: SigningDay, _ date: AmazonDate, expires: Int, names: [UInt8]) -> [UInt8] {
    var query: [UInt8] = []
    query.reserveCapacity(512)
    query += day.queryStart
    query += "&X-Amz-Date=".utf8
    query += date.bytes
    query += "&X-Amz-Expires=".utf8
    query += String(expires).utf8
    if token == .signed { appendToken(to: &query) }
    query += "&X-Amz-SignedHeaders=".utf8
    ByteEncoding.appendPercentEncoded(names, keepingSlash: false, to: &query)
    return query
  }

  private func appendToken(to query: inout [UInt8]) {
    guard let token = credentials.sessionToken else { return }
    query += "&X-Amz-Security-Token=".utf8
    ByteEncoding.appendPercentEncoded(token.reveal().utf8, keepingSlash: false, to: &query)
  }

  private func day(_ date: AmazonDate) -> SigningDay {
    keys.value(day: date.day) {
      let scope = Array(date.date) + Array("/\(region)/\(service)/aws4_request".utf8)
      var queryStart = Array("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=".utf8)
      let credential = Array((credentials.accessKeyID + "/").utf8) + scope
      ByteEncoding.appendPercentEncoded(credential, keepingSlash: false, to: &queryStart)
      return SigningDay(day: date.day, key: derivedKey(date), scope: scope, queryStart: queryStart)
    }
  }

  private func signature(of canonical: [UInt8], date: AmazonDate, day: SigningDay) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(160)
    text += "AWS4-HMAC-SHA256\n".utf8
    text += date.bytes
    text.append(10)
    text += day.scope
    text.append(10)
    ByteEncoding.appendHex(SHA256.digest(of: canonical), to: &text)
    return SHA256.authenticate(text, key: day.key)
  }

  private func derivedKey(_ date: AmazonDate) -> [UInt8] {
    var key = SHA256.authenticate(
      Array(date.date), key: Array(("AWS4" + credentials.secretAccessKey.reveal()).utf8))
    key = SHA256.authenticate(region, key: key)
    key = SHA256.authenticate(service, key: key)
    return SHA256.authenticate("aws4_request", key: key)
  }
}
