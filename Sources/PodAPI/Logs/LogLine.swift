package import BundleModel
internal import JSON

/// One entry of a log as one line: harmless on a terminal, and without what looks like a credential.
package struct LogLine: Sendable {
  package var time: Timestamp
  package var level: String
  package var message: String
  /// Keys are ours; values may hold anything.
  package var fields: [String: String]

  /// The most characters of a value.
  private static let longest = 1000

  package init(time: Timestamp, level: String, message: String, fields: [String: String] = [:]) {
    self.time = time
    self.level = level
    self.message = message
    self.fields = fields
  }

  /// The line, without a line break.
  package func text(_ format: LogFormat) -> String {
    let message = Self.clean(message)
    let pairs = fields.sorted { $0.key < $1.key }.map { ($0.key, Self.clean($0.value)) }
    switch format {
    case .text:
      return pairs.reduce("\(time.iso8601) \(level) \(message)") { "\($0) \($1.0)=\(Self.quoted($1.1))" }
    case .json:
      var json = JSONWriter(.line, reservingCapacity: 256)
      json.object { json in
        json.name("time")
        json.string(time)
        json.member("level", level)
        json.member("message", message)
        for (key, value) in pairs {
          // Three names are taken.
          json.member(["time", "level", "message"].contains(key) ? key + "_" : key, value)
        }
      }
      return json.text
    }
  }

  private static func clean(_ text: String) -> String { RedactedText.of(UntrustedText.line(text, limit: longest)) }

  /// A value as logfmt writes it.
  private static func quoted(_ text: String) -> String {
    guard text.isEmpty || text.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" }) else { return text }
    return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
