import BundleModel
import FoundationEssentials
import JSON
import Testing

@Suite struct JSONWriterTests {
  private func line(_ write: (inout JSONWriter) -> Void) -> String {
    var json = JSONWriter(.line)
    write(&json)
    return json.text
  }

  @Test func separatesWhatItIsGiven() {
    let text = line { json in
      json.object { json in
        json.name("a")
        json.array { json in
          json.null()
          json.bool(true)
          json.number(Int64.min)
          json.object { _ in }
          json.array { _ in }
        }
        json.name("b")
        json.string("x")
      }
    }
    #expect(text == #"{"a":[null,true,-9223372036854775808,{},[]],"b":"x"}"#)
  }

  @Test(arguments: [
    (0.0, "0"), (-1.5, "-1.5"), (1e300, "1e+300"), (3, "3"), (.infinity, "null"), (.nan, "null"),
  ])
  func numbers(value: Double, wanted: String) {
    #expect(line { $0.number(value) } == wanted)
  }

  @Test func momentsAreWrittenAsTheyAreTold() throws {
    let moment = try #require(Timestamp(iso8601: "2026-01-02T03:04:05.678901Z"))
    #expect(line { $0.string(moment) } == #""2026-01-02T03:04:05.678Z""#)
  }

  @Test(arguments: [
    ("a/b\"\\", #""a/b\"\\""#), ("\u{8}\t\n\u{C}\r\u{1}\u{1B}", #""\b\t\n\f\r\u0001\u001b""#),
    ("\u{7F}\u{85}\u{9B}ü", #""\u007f\u0085\u009bü""#), ("\u{202E}\u{2066}\u{2028}", #""\u202e\u2066\u2028""#),
    ("\u{E0001}😀", #""\udb40\udc01😀""#),
  ])
  func escapesWhatHarmsTerminals(text: String, wanted: String) throws {
    let written = line { $0.string(text) }
    #expect(written == wanted)
    #expect(try JSONValue(parsing: Array(written.utf8)) == .string(text))
    #expect(try JSONEscape.harmless(encoded(text, [.withoutEscapingSlashes])) == wanted)
  }

  private func encoded(_ value: some Encodable, _ format: JSONEncoder.OutputFormatting) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = format
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// Scripts know the documents of Foundation's encoder; another layout would be another document.
  @Test func isIndentedAsByFoundation() throws {
    struct Document: Encodable {
      var a: [[Int]] = [[], [1, 2]]
      var b: [String: Int] = [:]
      var c = ["x": "\u{1}\t/\\\"ü\u{1F}"]
    }
    var json = JSONWriter(.indented)
    json.object { json in
      json.name("a")
      json.array { json in
        json.array { _ in }
        json.array { json in
          json.number(1 as Int64)
          json.number(2 as Int64)
        }
      }
      json.name("b")
      json.object { _ in }
      json.name("c")
      json.object { json in
        json.name("x")
        json.string("\u{1}\t/\\\"ü\u{1F}")
      }
    }
    #expect(try json.text == encoded(Document(), [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]))
  }
}
