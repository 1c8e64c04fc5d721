internal import BundleModel

/// An HTTP proxy that the user named. Proxy variables of the environment are never looked at.
package struct HTTPProxy: Sendable, CustomStringConvertible {
  /// `http://host:port`, fit to be shown.
  package let address: String
  /// Percent-decoded.
  let login: Secret<Login>?

  /// Who we say we are.
  struct Login: Sendable {
    var user: String
    var password: String
  }

  /// Reads `http://[user:password@]host:port`; nil for anything else. User and password may be percent-encoded.
  ///
  /// The text is not echoed anywhere, because it may hold a password.
  package init?(_ text: String) {
    let text = text.trimmingBlanks()
    guard text.lowercased().hasPrefix("http://") else { return nil }
    var rest = text.dropFirst(7)
    if rest.hasSuffix("/") { rest.removeLast() }
    var login: Secret<Login>?
    if let at = rest.lastIndex(of: "@") {
      let halves = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map {
        String(decoding: PercentCode.decoded(Array($0.utf8), plusIsBlank: false), as: UTF8.self)
      }
      // libcurl takes C strings, and basic authentication ends the user's name at the first colon.
      guard halves.count == 2, !halves[0].contains(":"), halves.joined().utf8.allSatisfy({ $0 != 0 }) else {
        return nil
      }
      login = Secret(Login(user: halves[0], password: halves[1]))
      rest = rest[rest.index(after: at)...]
    }
    // What names a service's host and port names a proxy's too.
    guard let place = HTTPOrigin("http://\(rest)") else { return nil }
    address = "http://\(place.host):\(place.port ?? 80)"
    self.login = login
  }

  package var description: String { address }
}
