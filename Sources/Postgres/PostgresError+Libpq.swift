internal import BundleModel
internal import CPostgres

extension PostgresError {
  /// An error that the server answered to a statement.
  init(_ result: ResultStorage, settings: ConnectionSettings) {
    let sqlState = result.errorField(Int32(UInt8(ascii: "C")))
    let primary = result.errorField(Int32(UInt8(ascii: "M"))) ?? "the server reported an error without a text"
    self.init(.sqlState, settings.redacted(primary), sqlState: sqlState)
    detail = result.errorField(Int32(UInt8(ascii: "D"))).map {
      UntrustedText.line(settings.redacted($0), limit: 600)
    }
    hint = result.errorField(Int32(UInt8(ascii: "H"))).map { UntrustedText.line(settings.redacted($0), limit: 600) }
    constraint = result.errorField(Int32(UInt8(ascii: "n"))).map { UntrustedText.line($0, limit: 200) }
    if sqlState == nil { kind = .connectionLost }
  }

  /// An error that libpq made or wrapped, such as a refused connection. Only its first line is kept.
  ///
  /// While connecting, libpq hides the error code in the text, and only in the verbose form: `FATAL:  28P01: ...`.
  init(libpq text: String, kind: Kind, settings: ConnectionSettings) {
    var line = Self.firstLine(text)
    var sqlState: String?
    if let code = Self.code(in: line) {
      sqlState = String(line[code])
      line.removeSubrange(code.lowerBound..<line.index(code.upperBound, offsetBy: 2))
    }
    if line.isEmpty { line = "the connection broke" }
    let isLogin = sqlState?.hasPrefix("28") ?? false
    let kind: Kind = isLogin ? .authentication : sqlState == nil ? kind : .sqlState
    self.init(kind, settings.redacted(line), sqlState: sqlState)
  }

  private static func firstLine(_ text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline)
    return lines.first.map(String.init) ?? ""
  }

  /// The five characters between `:  ` and `: `.
  private static func code(in line: String) -> Range<String.Index>? {
    var search = line[...]
    while let colon = search.firstIndex(of: ":") {
      search = search[search.index(after: colon)...]
      guard search.hasPrefix("  ") else { continue }
      let start = search.index(search.startIndex, offsetBy: 2)
      let candidate = search[start...].prefix(5)
      let isCode =
        candidate.utf8.count == 5 && candidate.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
      if isCode, search[candidate.endIndex...].hasPrefix(": ") { return start..<candidate.endIndex }
    }
    return nil
  }
}

extension ConnectionSettings {
  /// The text without the password: neither libpq nor Postgres quotes it, a hostile server might.
  func redacted(_ text: String) -> String {
    var out = text
    for secret in [password?.reveal(), options.reveal()["sslpassword"]] {
      guard let secret, secret.utf8.count >= 4, secret != user, secret != database else { continue }
      while let range = out.range(of: secret) { out.replaceSubrange(range, with: "••••") }
    }
    return out
  }
}

extension String {
  /// The first occurrence, compared by bytes.
  fileprivate func range(of other: String) -> Range<Index>? {
    let (mine, wanted) = (utf8, other.utf8)
    guard let first = wanted.first else { return nil }
    var start = mine.startIndex
    while let found = mine[start...].firstIndex(of: first) {
      if mine[found...].starts(with: wanted) { return found..<mine.index(found, offsetBy: wanted.count) }
      start = mine.index(after: found)
    }
    return nil
  }
}
