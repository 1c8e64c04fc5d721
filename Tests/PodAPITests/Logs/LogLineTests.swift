import BundleModel
import JSON
import Testing

@testable import PodAPI

@Suite("Log lines")
struct LogLineTests {
  private static func line(_ message: String, _ fields: [String: String] = [:]) -> LogLine {
    LogLine(time: Timestamp(microseconds: 0), level: "info", message: message, fields: fields)
  }

  @Test("as text: keys in order, values quoted where they must be")
  func text() {
    let line = Self.line("did it", ["b": "x y", "a": "1", "c": "", "d": "q\"\\=", "e": "\u{1B}[2J\nz"])
    #expect(
      line.text(.text)
        == #"1970-01-01T00:00:00.000Z info did it a=1 b="x y" c="" d="q\"\\=" e="\#u{FFFD}[2J z""#)
  }

  @Test("as JSON: one object on one line, whatever the values hold")
  func json() throws {
    let line = Self.line("a\nb\u{1B}", ["request": "1", "level": "mine", "error": "\u{202E}\"\\\n"]).text(.json)
    #expect(!line.contains("\n") && !line.contains("\u{1B}") && !line.contains("\u{202E}"))
    guard case .object(let object) = try JSONValue(parsing: Array(line.utf8)) else { return }
    #expect(object.keys == ["time", "level", "message", "error", "level_", "request"])
    #expect(object["level"] == .string("info") && object["level_"] == .string("mine"))
    #expect(object["time"] == .string("1970-01-01T00:00:00.000Z"))
  }

  /// What must be gone, and what must stay.
  @Test(
    "credentials are taken out, in both formats",
    arguments: [
      ("GET https://h/k?X-Amz-Signature=SECRET&x=1", "x=1"), ("x-amz-security-token=SECRET rest", "rest"),
      ("/download?expires=1&token=SECRET&filename=a", "filename=a"),
      ("Authorization: Bearer SECRET", "Authorization"),
      ("authorization: basic SECRET", "basic"), ("postgres://user:SECRET@host/db", "host/db"),
      ("https://u:a@b:SECRET@h:1/p", "h:1/p"), ("password=SECRET host=h", "host=h"),
      ("{\"t\":\"bearer SECRET\"}", "t"),
      ("PASSWORD=SECRET", "PASSWORD"), ("aws_secret_access_key=SECRET,region=r", "region=r"),
    ])
  func redacted(text: String, stays: String) {
    for format in LogFormat.allCases {
      for line in [Self.line(text), Self.line("m", ["error": text])] {
        let written = line.text(format)
        #expect(!written.contains("SECRET"), "\(written)")
        #expect(written.contains(stays), "\(written)")
        #expect(written.contains(RedactedText.mark), "\(written)")
      }
    }
  }

  @Test(
    "nothing else is changed",
    arguments: [
      "http://127.0.0.1:8080/x", "s3://bucket/key@2", "mail a@b.c: d", "token of a pod", "https://h/p?a=b:c@d", "",
      "é",
    ])
  func unchanged(text: String) { #expect(RedactedText.of(text) == text) }
}
