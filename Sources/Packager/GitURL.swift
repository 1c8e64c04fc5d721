/// What git URLs, refs and commits may look like.
enum GitURL {
  /// Why a URL is refused, without repeating it: it may hold a password. Nil when it may be used.
  static func problem(_ url: String) -> String? {
    let scheme = "https://"
    guard url.hasPrefix(scheme) else { return "must be an https URL" }
    guard url.utf8.count <= 1000, url.unicodeScalars.allSatisfy({ isPlain($0) || $0 == "/" || $0 == ":" }) else {
      return "may hold letters, digits and -._~/ only: no user name, query or escapes"
    }
    let parts = url.dropFirst(scheme.count).split(separator: "/", omittingEmptySubsequences: false)
    guard let authority = parts.first, !authority.isEmpty, authority.first != "-", authority.first != ":",
      !parts.dropFirst().contains(where: { $0.contains(":") })
    else { return "names no host" }
    let port = authority.split(separator: ":", omittingEmptySubsequences: false).dropFirst()
    guard port.count <= 1, port.first.map({ UInt16($0) != nil }) ?? true else { return "has no usable port" }
    let path = parts.dropFirst()
    guard !path.contains("."), !path.contains(".."), !path.dropLast().contains("") else {
      return "must not hold empty, . or .. parts"
    }
    return nil
  }

  /// True for a branch or tag name that cannot be taken for anything else.
  static func isRef(_ ref: String) -> Bool {
    ref.utf8.count <= 255 && ref.unicodeScalars.allSatisfy { isPlain($0) && $0 != "~" || $0 == "/" }
      && !ref.hasPrefix("-") && !ref.hasPrefix("/") && !ref.hasSuffix("/") && !ref.contains("..")
      && !ref.contains("//") && !ref.hasSuffix(".lock") && !ref.isEmpty
  }

  /// True for a full SHA-1 or SHA-256 in hex.
  static func isCommit(_ commit: String) -> Bool {
    [40, 64].contains(commit.utf8.count)
      && commit.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~": true
    default: false
    }
  }
}
