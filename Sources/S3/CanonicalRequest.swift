internal import HTTPTransport

/// How a path becomes part of what is signed.
package enum PathRules: Sendable {
  /// Signed as it is sent: encoded once, never normalised. What S3 wants.
  case s3
  /// What all other services want: empty and dot segments taken out, then encoded once more.
  case generic

  /// The path that is signed for a path that is sent.
  ///
  /// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html and RFC 3986,
  /// section 5.2.4.
  func canonical(_ sent: [UInt8]) -> [UInt8] {
    guard self == .generic else { return sent }
    var kept: [ArraySlice<UInt8>] = []
    for segment in sent.split(separator: 47) where !segment.elementsEqual([46]) {
      if segment.elementsEqual([46, 46]) { _ = kept.popLast() } else { kept.append(segment) }
    }
    var out: [UInt8] = []
    for segment in kept {
      out.append(47)
      ByteEncoding.appendPercentEncoded(segment, keepingSlash: false, to: &out)
    }
    if kept.isEmpty || sent.last == 47 { out.append(47) }
    return out
  }
}

/// The text whose hash is signed.
struct CanonicalRequest {
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

  mutating func append(headers: CanonicalHeaders, payloadHash: some Sequence<UInt8>) {
    bytes += headers.lines
    bytes.append(10)
    bytes += headers.names
    bytes.append(10)
    bytes += payloadHash
  }
}

/// Signed header fields: names lowered and sorted, values trimmed and inner runs of blanks collapsed, repeated
/// fields joined by commas in order.
struct CanonicalHeaders {
  private(set) var lines: [UInt8] = []
  private(set) var names: [UInt8] = []
  /// The value of `x-amz-content-sha256`, when it is among the fields.
  private(set) var payloadHash: [UInt8]?

  /// - Parameters:
  ///   - authority: the value of Host, unless `headers` have one.
  ///   - all: false takes only the fields of `SignatureV4.isSigned`.
  init(authority: String, headers: [HTTPHeader], all: Bool = false) {
    if headers.isEmpty {  // nearly every presigned URL: nothing to sort
      lines.reserveCapacity(authority.utf8.count + 6)
      lines += "host:".utf8
      lines += authority.utf8
      lines.append(10)
      names += "host".utf8
      return
    }
    var fields: [(name: [UInt8], value: [UInt8], order: Int)] = []
    var hasHost = false
    for (order, header) in headers.enumerated() {
      let name = CanonicalHeaders.lowered(header.name)
      guard all || SignatureV4.isSigned(String(decoding: name, as: UTF8.self)) else { continue }
      fields.append((name, CanonicalHeaders.squeezed(header.value), order))
      hasHost = hasHost || name.elementsEqual("host".utf8)
    }
    if !hasHost { fields.append((Array("host".utf8), Array(authority.utf8), -1)) }
    fields.sort { $0.name == $1.name ? $0.order < $1.order : $0.name.lexicographicallyPrecedes($1.name) }
    var last: [UInt8]?
    for field in fields {
      if field.name == last {
        lines[lines.count - 1] = 44
      } else {
        lines += field.name
        lines.append(58)
        if last != nil { names.append(59) }
        names += field.name
      }
      lines += field.value
      lines.append(10)
      last = field.name
      if field.name.elementsEqual("x-amz-content-sha256".utf8) { payloadHash = field.value }
    }
  }

  private static func lowered(_ name: String) -> [UInt8] {
    name.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }
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
