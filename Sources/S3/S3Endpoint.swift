package import BundleModel

/// Where an S3 service answers: scheme, host, port and how buckets are addressed.
package struct S3Endpoint: Hashable, Sendable, CustomStringConvertible {
  /// `http` or `https`.
  package let scheme: String
  /// Lower case; an IPv6 literal keeps its brackets.
  package let host: String
  /// Nil for the scheme's default.
  package let port: Int?
  /// `host[:port]`, as the Host header says it for path style.
  package let authority: String
  /// True: `host/bucket/key`; false: `bucket.host/key`.
  package let pathStyle: Bool

  /// Reads `http(s)://host[:port][/]`; nil for anything else, also for a user, a path or a query.
  ///
  /// The text is not echoed anywhere, because a mistyped endpoint may hold a password.
  package init?(_ text: String, pathStyle: Bool) {
    let lowered = text.trimmingBlanks().lowercased()
    guard let scheme = ["http", "https"].first(where: { lowered.hasPrefix($0 + "://") }) else { return nil }
    var authority = lowered.dropFirst(scheme.utf8.count + 3)
    if authority.hasSuffix("/") { authority.removeLast() }
    var host = authority
    var port: Int?
    if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
      let digits = authority[authority.index(after: colon)...]
      guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits),
        (1...65_535).contains(number)
      else { return nil }
      host = authority[..<colon]
      port = number
    }
    guard S3Endpoint.isHost(host) else { return nil }
    self.scheme = scheme
    self.host = String(host)
    self.port = port == (scheme == "https" ? 443 : 80) ? nil : port
    self.authority = self.port.map { "\(host):\($0)" } ?? String(host)
    self.pathStyle = pathStyle
  }

  /// Amazon's own service in a region.
  package init?(awsRegion region: String, pathStyle: Bool = false) {
    self.init("https://s3.\(region).amazonaws.com", pathStyle: pathStyle)
  }

  /// `scheme://host[:port]`, fit to be shown.
  package var description: String { "\(scheme)://\(authority)" }

  /// The Host header for a bucket.
  func authority(bucket: String?) -> String {
    guard let bucket, !usesPath(bucket: bucket) else { return authority }
    return "\(bucket).\(authority)"
  }

  /// The encoded path of a bucket, or of an object in it; encoded once and never normalised.
  func path(bucket: String?, key: String?) -> [UInt8] { path(bucket: bucket, key: key?.utf8) }

  /// The same for a key as bytes.
  func path(bucket: String?, key: (some Collection<UInt8>)?) -> [UInt8] {
    var out: [UInt8] = [47]
    out.reserveCapacity(96)
    if let bucket, usesPath(bucket: bucket) {
      ByteEncoding.appendPercentEncoded(bucket.utf8, keepingSlash: false, to: &out)
      if key != nil { out.append(47) }
    }
    if let key { ByteEncoding.appendPercentEncoded(key, keepingSlash: true, to: &out) }
    return out
  }

  /// What cannot be a host label stays in the path: upper case, the brackets of an IPv6 literal, and dots under
  /// TLS, whose wildcard certificates cover one label.
  private func usesPath(bucket: String) -> Bool {
    if pathStyle || host.hasPrefix("[") { return true }
    let isLabel = bucket.utf8.allSatisfy {
      (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || ($0 == 46 && scheme == "http")
    }
    return !isLabel || bucket.hasPrefix(".") || bucket.hasSuffix(".") || bucket.contains("..")
  }

  private static func isHost(_ host: Substring) -> Bool {
    if host.hasPrefix("[") {
      return host.hasSuffix("]") && host.utf8.count > 4
        && host.utf8.dropFirst().dropLast().allSatisfy {
          (48...58).contains($0) || (97...102).contains($0) || $0 == 46
        }
    }
    return !host.isEmpty
      && host.utf8.allSatisfy {
        (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 46 || $0 == 95
      }
  }
}

/// The keys that sign requests.
package struct S3Credentials: Sendable {
  /// Public part; appears in every signed URL.
  package let accessKeyID: String
  package let secretAccessKey: Secret<String>
  /// Present for temporary credentials.
  package let sessionToken: Secret<String>?

  package init(accessKeyID: String, secretAccessKey: Secret<String>, sessionToken: Secret<String>? = nil) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
  }
}
