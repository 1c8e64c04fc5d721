package import BundleModel
package import HTTPTransport

/// Where an S3 service answers: scheme, host, port and how buckets are addressed.
package struct S3Endpoint: Hashable, Sendable, CustomStringConvertible {
  package let origin: HTTPOrigin
  /// True: `host/bucket/key`; false: `bucket.host/key`.
  package let pathStyle: Bool

  /// `http` or `https`.
  package var scheme: String { origin.scheme }
  /// Lower case; an IPv6 literal keeps its brackets.
  package var host: String { origin.host }
  /// Nil for the scheme's default.
  package var port: Int? { origin.port }
  /// `host[:port]`, as the Host header says it for path style.
  package var authority: String { origin.authority }

  /// Reads `http(s)://host[:port][/]`; nil for anything else, also for a user, a path or a query.
  package init?(_ text: String, pathStyle: Bool) {
    guard let origin = HTTPOrigin(text) else { return nil }
    self.origin = origin
    self.pathStyle = pathStyle
  }

  /// Amazon's own service in a region.
  package init?(awsRegion region: String, pathStyle: Bool = false) {
    self.init("https://s3.\(region).amazonaws.com", pathStyle: pathStyle)
  }

  /// `scheme://host[:port]`, fit to be shown.
  package var description: String { origin.description }

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
