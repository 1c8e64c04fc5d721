internal import BundleModel
internal import Hashing

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
/// comes back are additions; the request itself is never changed.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html and
/// `sigv4-query-string-auth.html`.
struct SignatureV4: Sendable {
  let credentials: S3Credentials
  let region: String
  let service = "s3"
  private let keys: SigningKeyCache

  /// The hash of no bytes at all.
  static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  /// What a presigned URL says in place of the hash of its body.
  static let unsignedPayload = "UNSIGNED-PAYLOAD"
  /// The protocol's limit for presigned URLs, in seconds: seven days.
  static let longestExpiry = 604_800

  init(credentials: S3Credentials, region: String) {
    self.credentials = credentials
    self.region = region
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
    if let token = credentials.sessionToken {
      additions.append(HTTPHeader("x-amz-security-token", token.reveal()))
    }
    let canonical = CanonicalHeaders(authority: request.authority, headers: request.headers + additions)
    var text = CanonicalRequest(method: request.method, path: request.path)
    text.append(query: SignatureV4.sorted(request.query))
    text.append(headers: canonical, payloadHash: payloadHash)
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

  /// The encoded query that makes a URL usable without credentials, signature included. Only Host is signed.
  ///
  /// - Parameter expires: seconds from `moment`; the caller keeps it within 1 and `longestExpiry`.
  func query(presigning request: SignableRequest, expires: Int, at moment: Timestamp) -> [UInt8] {
    let date = AmazonDate(moment)
    let day = day(date)
    var query = queryStart(day, date, expires: expires)
    if request.query.allSatisfy({ SignatureV4.sortsLast($0.name) }) {
      if !request.query.isEmpty {
        query.append(38)
        query += SignatureV4.sorted(request.query)
      }
    } else {
      // Rare, so it may cost: our own parameters come out of their encoding and are sorted with the others.
      query = SignatureV4.sorted(query: query, with: request.query)
    }
    var text = CanonicalRequest(method: request.method, path: request.path)
    text.append(query: query)
    let canonical = CanonicalHeaders(authority: request.authority, headers: [])
    text.append(headers: canonical, payloadHash: SignatureV4.unsignedPayload)
    query += "&X-Amz-Signature=".utf8
    ByteEncoding.appendHex(signature(of: text.bytes, date: date, day: day), to: &query)
    return query
  }

  /// The parameters of every presigned query, encoded and in order.
  private func queryStart(_ day: SigningDay, _ date: AmazonDate, expires: Int) -> [UInt8] {
    var query: [UInt8] = []
    query.reserveCapacity(512)
    query += day.queryStart
    query += "&X-Amz-Date=".utf8
    query += date.bytes
    query += "&X-Amz-Expires=".utf8
    query += String(expires).utf8
    if let token = credentials.sessionToken {
      query += "&X-Amz-Security-Token=".utf8
      ByteEncoding.appendPercentEncoded(token.reveal().utf8, keepingSlash: false, to: &query)
    }
    query += "&X-Amz-SignedHeaders=host".utf8
    return query
  }

  /// True when a name sorts behind ours, as every `response-…` does.
  private static func sortsLast(_ name: String) -> Bool { name.utf8.first.map { $0 > 88 && $0 < 127 } ?? false }

  private static func sorted(query: [UInt8], with more: [(name: String, value: String)]) -> [UInt8] {
    let text = { (bytes: ArraySlice<UInt8>) in
      String(decoding: ByteEncoding.percentDecoded(Array(bytes), plusIsBlank: false), as: UTF8.self)
    }
    let ours = query.split(separator: 38).map { pair in
      let parts = pair.split(separator: 61, maxSplits: 1)
      return (name: text(parts[0]), value: text(parts[1]))
    }
    return sorted(ours + more)
  }

  /// Encodes a query and sorts it by the bytes of the encoded names, then values.
  static func sorted(_ query: [(name: String, value: String)]) -> [UInt8] {
    var pairs: [[UInt8]] = []
    pairs.reserveCapacity(query.count)
    var total = 0
    for (name, value) in query {
      var pair: [UInt8] = []
      pair.reserveCapacity(name.utf8.count + value.utf8.count * 3 / 2 + 1)
      ByteEncoding.appendPercentEncoded(name.utf8, keepingSlash: false, to: &pair)
      // Sorts below every byte that an encoded name can hold, so that whole pairs sort as (name, value).
      pair.append(1)
      ByteEncoding.appendPercentEncoded(value.utf8, keepingSlash: false, to: &pair)
      total += pair.count + 1
      pairs.append(pair)
    }
    pairs.sort { $0.lexicographicallyPrecedes($1) }
    var out: [UInt8] = []
    out.reserveCapacity(total + 96)
    for pair in pairs {
      if !out.isEmpty { out.append(38) }
      for byte in pair { out.append(byte == 1 ? 61 : byte) }
    }
    return out
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

/// The text whose hash is signed.
private struct CanonicalRequest {
  private(set) var bytes: [UInt8] = []

  init(method: String, path: [UInt8]) {
    bytes.reserveCapacity(768)
    bytes += method.utf8
    bytes.append(10)
    bytes += path
    bytes.append(10)
  }

  mutating func append(query: [UInt8]) {
    bytes += query
    bytes.append(10)
  }

  mutating func append(headers: CanonicalHeaders, payloadHash: String) {
    bytes += headers.lines
    bytes.append(10)
    bytes += headers.names
    bytes.append(10)
    bytes += payloadHash.utf8
  }
}

/// Signed header fields: names lowered and sorted, values trimmed and inner runs of blanks collapsed, repeated
/// fields joined by commas in order.
private struct CanonicalHeaders {
  private(set) var lines: [UInt8] = []
  private(set) var names: [UInt8] = []

  init(authority: String, headers: [HTTPHeader]) {
    if headers.isEmpty {  // every presigned URL: nothing to sort
      lines.reserveCapacity(authority.utf8.count + 6)
      lines += "host:".utf8
      lines += authority.utf8
      lines.append(10)
      names += "host".utf8
      return
    }
    var fields = [(name: "host", value: Array(authority.utf8), order: -1)]
    for (order, header) in headers.enumerated() {
      let name = header.name.lowercased()
      if SignatureV4.isSigned(name) { fields.append((name, CanonicalHeaders.squeezed(header.value), order)) }
    }
    fields.sort { $0.name == $1.name ? $0.order < $1.order : $0.name < $1.name }
    var last: String?
    for field in fields {
      if field.name == last {
        lines[lines.count - 1] = 44
      } else {
        lines += field.name.utf8
        lines.append(58)
        if last != nil { names.append(59) }
        names += field.name.utf8
      }
      lines += field.value
      lines.append(10)
      last = field.name
    }
  }

  private static func squeezed(_ value: String) -> [UInt8] {
    var out: [UInt8] = []
    for byte in value.utf8 {
      if byte != 32 && byte != 9 {
        out.append(byte)
      } else if let last = out.last, last != 32 {
        out.append(32)
      }
    }
    if out.last == 32 { out.removeLast() }
    return out
  }
}
