internal import BundleModel

extension ConnectionSettings {
  /// Reads a connection URI over what is set already; parts that it lacks stay as they are.
  mutating func read(url: String, calledAs source: String) throws(PostgresError) {
    let form = "expected postgres://user:password@host:port/database with special characters percent-encoded"
    func malformed(_ what: String) -> PostgresError { PostgresError(.settings, "\(source): \(what); \(form)") }

    guard let scheme = ["postgres://", "postgresql://"].first(where: { url.hasPrefix($0) }) else {
      throw malformed("it does not begin with postgres:// or postgresql://")
    }
    guard !url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else {
      throw malformed("it holds a blank or a control character")
    }
    var rest = url.dropFirst(scheme.count)
    var query: Substring?
    let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    var authority = rest[..<authorityEnd]
    rest = rest[authorityEnd...]
    if let mark = rest.firstIndex(of: "?") {
      query = rest[rest.index(after: mark)...]
      rest = rest[..<mark]
    }

    func decoded(_ text: Substring, _ what: String) throws(PostgresError) -> String {
      guard let plain = percentDecoded(text) else { throw malformed("\(what) has a bad percent escape") }
      return plain
    }

    if let at = authority.lastIndex(of: "@") {
      let login = authority[..<at]
      authority = authority[authority.index(after: at)...]
      let colon = login.firstIndex(of: ":") ?? login.endIndex
      if colon > login.startIndex { user = try decoded(login[..<colon], "the user") }
      if colon < login.endIndex {
        try set(
          "password", to: try decoded(login[login.index(after: colon)...], "the password"), calledAs: source)
      }
    }
    var namelessPort = ""
    if !authority.isEmpty {
      var found: [Host] = []
      for part in authority.split(separator: ",", omittingEmptySubsequences: false) {
        guard let (name, port) = hostAndPort(part) else { throw malformed("a host is not name:port") }
        found.append(
          Host(try decoded(name, "the host"), port: try Self.port(String(port), calledAs: source)))
        if name.isEmpty { namelessPort = String(port) }
      }
      // postgres://user@:5433/database?host=/run/postgresql names a port only.
      hosts = found.count == 1 && found[0].name.isEmpty ? [] : found
    }
    if rest.count > 1 { try set("dbname", to: try decoded(rest.dropFirst(), "the database"), calledAs: source) }

    var names: String?
    var ports: String?
    for (index, pair) in (query?.split(separator: "&") ?? []).enumerated() {
      let source = "\(source), parameter \(index + 1)"
      guard let equals = pair.firstIndex(of: "=") else { throw malformed("a parameter has no value") }
      let keyword = try decoded(pair[..<equals], "a parameter")
      let value = try decoded(pair[pair.index(after: equals)...], "a parameter")
      switch keyword {
      case "host": names = value
      case "port": ports = value
      default: try set(keyword, to: value, calledAs: source)
      }
    }
    if let list = names ?? (hosts.isEmpty ? options.reveal()["hostaddr"] : nil) {
      try setHosts(list, ports: ports ?? namelessPort, calledAs: source)
    } else if let ports, !hosts.isEmpty {
      try setHosts(hosts.map(\.name).joined(separator: ","), ports: ports, calledAs: source)
    }
  }

  /// `name`, `name:port`, `[address]`, `[address]:port`; nil for anything else.
  private func hostAndPort(_ text: Substring) -> (name: Substring, port: Substring)? {
    if text.first == "[" {
      guard let end = text.firstIndex(of: "]") else { return nil }
      let name = text[text.index(after: text.startIndex)..<end]
      let after = text[text.index(after: end)...]
      if after.isEmpty { return (name, "") }
      return after.first == ":" ? (name, after.dropFirst()) : nil
    }
    guard let colon = text.firstIndex(of: ":") else { return (text, "") }
    let port = text[text.index(after: colon)...]
    return port.contains(":") ? nil : (text[..<colon], port)
  }
}

/// The text with `%xx` decoded; nil for a broken escape, a NUL, or bytes that are not UTF-8.
private func percentDecoded(_ text: Substring) -> String? {
  guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
  var bytes: [UInt8] = []
  var rest = text.utf8[...]
  while let byte = rest.popFirst() {
    guard byte == UInt8(ascii: "%") else {
      bytes.append(byte)
      continue
    }
    guard let high = rest.popFirst().flatMap(hexDigitValue), let low = rest.popFirst().flatMap(hexDigitValue),
      high | low != 0
    else { return nil }
    bytes.append(high << 4 | low)
  }
  return String(validating: bytes, as: UTF8.self)
}
