internal import BundleModel

/// Where a service answers: scheme, host and port.
package struct HTTPOrigin: Hashable, Sendable, CustomStringConvertible {
  /// `http` or `https`.
  package let scheme: String
  /// Lower case; an IPv6 literal keeps its brackets.
  package let host: String
  /// Nil for the scheme's default.
  package let port: Int?
  /// `host[:port]`, as the Host header says it.
  package let authority: String

  /// Reads `http(s)://host[:port][/]`; nil for anything else, also for a user, a path or a query.
  ///
  /// The text is not echoed anywhere, because a mistyped address may hold a password.
  package init?(_ text: String) {
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
    guard HTTPOrigin.isHost(host) else { return nil }
    self.scheme = scheme
    self.host = String(host)
    self.port = port == (scheme == "https" ? 443 : 80) ? nil : port
    self.authority = self.port.map { "\(host):\($0)" } ?? String(host)
  }

  /// `scheme://host[:port]`, fit to be shown.
  package var description: String { "\(scheme)://\(authority)" }

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
