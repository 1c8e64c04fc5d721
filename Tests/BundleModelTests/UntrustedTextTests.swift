import BundleModel
import Testing

@Suite("Untrusted text")
struct UntrustedTextTests {
  private static let marked = "a\u{fffd}b"

  @Test(
    "Every C0 and C1 control, and DEL, is taken out", arguments: Array(0x00...0x1F) + Array(0x7F...0x9F) as [UInt32]
  )
  func controls(value: UInt32) throws {
    let scalar = try #require(Unicode.Scalar(value))
    let text = "a" + String(Character(scalar)) + "b"
    switch scalar {
    case "\n", "\r":
      #expect(UntrustedText.line(text) == "a b")
      #expect(UntrustedText.block(text) == "a\nb")
    case "\t":
      #expect(UntrustedText.line(text) == "a b")
      #expect(UntrustedText.block(text) == "a b")
    default:
      #expect(UntrustedText.line(text) == Self.marked)
      #expect(UntrustedText.block(text) == Self.marked)
    }
    #expect(UntrustedText.isHarmful(scalar))
  }

  @Test(
    "So is what reorders or breaks lines unseen",
    arguments: [
      0x200E, 0x200F, 0x061C, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069, 0x2028,
      0x2029,
      0xFFF9, 0xFFFA, 0xFFFB, 0xE0001, 0xE0041, 0xE007F,
    ] as [UInt32])
  func direction(value: UInt32) throws {
    let scalar = try #require(Unicode.Scalar(value))
    var text = "a".unicodeScalars
    text.append(scalar)
    text.append("b")
    #expect(UntrustedText.line(String(text)) == Self.marked)
    #expect(UntrustedText.block(String(text)) == Self.marked)
  }

  @Test(
    "What people write stays", arguments: ["", "plain", "ü ß 漢字 العربية עברית 👩‍👩‍👧‍👦 e\u{301}", "~!@#$%^&*()\\\"'`"])
  func harmless(text: String) {
    #expect(UntrustedText.line(text) == text)
    #expect(UntrustedText.block(text) == text)
  }

  @Test(
    "Line breaks of every kind are one break each",
    arguments: [
      ("a\r\nb", "a b", "a\nb"), ("a\n\nb", "a  b", "a\n\nb"), ("a\r\r\nb", "a  b", "a\n\nb"),
      ("a\n\rb", "a  b", "a\n\nb"), ("a\r\n\r\nb\r\n", "a  b ", "a\n\nb\n"), ("\r\n", " ", "\n"),
    ])
  func breaks(text: String, line: String, block: String) {
    #expect(UntrustedText.line(text) == line)
    #expect(UntrustedText.block(text) == block)
  }

  @Test("Escape sequences lose their teeth and keep their letters")
  func escapes() {
    #expect(UntrustedText.line("\u{1b}[31mred\u{1b}]0;title\u{7}") == "\u{fffd}[31mred\u{fffd}]0;title\u{fffd}")
    #expect(UntrustedText.line("\u{9b}2J") == "\u{fffd}2J")
  }

  @Test(
    "What is too long is cut, and says so",
    arguments: [("abcd", 4, "abcd"), ("abcde", 4, "abcd…"), ("ab", 0, "…"), ("", 0, ""), ("abc\r\n", 4, "abc ")])
  func limit(text: String, limit: Int, cut: String) {
    #expect(UntrustedText.line(text, limit: limit) == cut)
  }

  @Test("Cleaning clean text changes nothing, whatever the text was", arguments: 0..<20 as Range<UInt64>)
  func idempotent(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    var text = String.UnicodeScalarView()
    for _ in 0..<400 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = UInt32(truncatingIfNeeded: state >> 33)
      let plane = [0x100, 0x3000, 0x1_0000, 0x11_0000][Int(value & 3)] as UInt32
      if let scalar = Unicode.Scalar((value >> 2) % plane) { text.append(scalar) }
    }
    let line = UntrustedText.line(String(text))
    let block = UntrustedText.block(String(text))
    #expect(UntrustedText.line(line) == line)
    #expect(UntrustedText.block(block) == block)
    #expect(!line.unicodeScalars.contains { UntrustedText.isHarmful($0) })
    #expect(!block.unicodeScalars.contains { $0 != "\n" && UntrustedText.isHarmful($0) })
  }
}
