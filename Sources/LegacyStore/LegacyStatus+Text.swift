internal import BundleModel

extension LegacyStatus {
  /// The text of its file as AppHub writes it: `JSON.stringify(status, null, 2)` and a line feed.
  package var fileText: [UInt8] {
    var out = Array("{\n".utf8)
    func member(_ name: String, _ value: String) {
      if out.count > 2 { out += ",\n".utf8 }
      out += "  \"\(name)\": \(value)".utf8
    }
    func optional(_ name: String, _ value: String?) {
      if let value { member(name, LegacyStatus.quoted(value)) }
    }
    member("slug", LegacyStatus.quoted(slug.text))
    member("fingerprint", LegacyStatus.quoted(fingerprint.text))
    member("stage", LegacyStatus.quoted(stage.rawValue))
    member("state", LegacyStatus.quoted(state.rawValue))
    member("updatedAt", LegacyStatus.quoted(updatedAt.iso8601))
    member("createdAt", LegacyStatus.quoted(createdAt.iso8601))
    optional("jobId", jobID)
    optional("version", version)
    optional("checksum", checksum)
    optional("filename", filename)
    if let cached { member("cached", cached ? "true" : "false") }
    member("error", error.map(LegacyStatus.quoted) ?? "null")
    member("message", message.map(LegacyStatus.quoted) ?? "null")
    out += "\n}\n".utf8
    return out
  }

  /// Source: ECMA-262 section 25.5.2.3, `QuoteJSONString`; a Swift text holds no half surrogates.
  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\u{08}": out += "\\b"
      case "\t": out += "\\t"
      case "\n": out += "\\n"
      case "\u{0C}": out += "\\f"
      case "\r": out += "\\r"
      case "\u{00}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
