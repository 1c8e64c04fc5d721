/// Where a pod listens, as a person writes it: `HOST:PORT`, `[::1]:8080`, or `:8080` for every address.
package struct ListenAddress: Equatable, Sendable, CustomStringConvertible {
  /// A name or a numeric address, without brackets.
  package let host: String
  /// 0 lets the system choose.
  package let port: Int

  /// Parses the text; nil when it has another form.
  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let digits = text[text.index(after: colon)...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(digits), port < 65_536
    else { return nil }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
      guard host.contains(":") else { return nil }
    } else if host.contains(":") {
      return nil
    }
    guard host.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "/") }) else { return nil }
    self.host = host.isEmpty ? "0.0.0.0" : host
    self.port = port
  }

  /// Whether only programs of this machine reach it.
  package var isLoopback: Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// Whether it stands for every address of this machine.
  package var isEverywhere: Bool { host == "0.0.0.0" || host == "::" }

  /// The same host with the port that the system chose.
  package func on(port: Int) -> ListenAddress { ListenAddress(host: host, port: port) }

  /// How this machine itself reaches it.
  package func fromHere(port: Int) -> ListenAddress {
    ListenAddress(host: host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : host, port: port)
  }

  private init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
