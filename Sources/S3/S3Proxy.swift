internal import BundleModel

/// An HTTP proxy that the user named. Proxy variables of the environment are never looked at.
package struct S3Proxy: Sendable, CustomStringConvertible {
  /// `http://host:port`, fit to be shown.
  package let address: String
  /// `user:password`, percent-decoded.
  let login: Secret<String>?

  /// Reads `http://[user:password@]host:port`; nil for anything else. User and password may be percent-encoded.
  ///
  /// The text is not echoed anywhere, because it may hold a password.
  package init?(_ text: String) {
    let text = text.trimmingBlanks()
    guard text.lowercased().hasPrefix("http://") else { return nil }
    var rest = text.dropFirst(7)
    if rest.hasSuffix("/") { rest.removeLast() }
    var login: Secret<String>?
    if let at = rest.lastIndex(of: "@") {
      let bytes = ByteEncoding.percentDecoded(Array(rest[..<at].utf8), plusIsBlank: false)
      let decoded = String(decoding: bytes, as: UTF8.self)
      // libcurl takes a C string; a line break would end the header that carries it.
      guard decoded.contains(":"), decoded.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
      login = Secret(decoded)
      rest = rest[rest.index(after: at)...]
    }
    // What names a service's host and port names a proxy's too.
    guard let place = S3Endpoint("http://\(rest)", pathStyle: true) else { return nil }
    address = "http://\(place.host):\(place.port ?? 80)"
    self.login = login
  }

  package var description: String { address }
}
