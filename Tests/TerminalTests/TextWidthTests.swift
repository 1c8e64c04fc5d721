import CTerminal
import Terminal
import Testing

@Suite("Text width")
struct TextWidthTests {
  @Test(
    "cells of odd clusters",
    arguments: [
      ("abc", ["a", "b", "c"], 3),
      ("日x", ["日", "x"], 3),
      ("e\u{301}x", ["e\u{301}", "x"], 2),
      ("ａ", ["ａ"], 2),
      ("\u{1100}\u{1161}\u{11A8}", ["\u{1100}\u{1161}\u{11A8}"], 2),
      ("각", ["각"], 2),
      ("👍", ["👍"], 2),
      ("👍\u{1F3FD}!", ["👍", "!"], 3),
      ("👨\u{200D}👩\u{200D}👧!", ["\u{FFFD}", "!"], 2),
      ("🇩🇪🇫🇷", ["\u{FFFD}", "\u{FFFD}"], 2),
      ("🇩x", ["\u{FFFD}", "x"], 2),
      ("🏴\u{E0067}\u{E0062}\u{E007F}.", ["\u{FFFD}", "."], 2),
      ("❤\u{FE0F}x", ["❤", "x"], 2),
      ("1\u{FE0F}\u{20E3}2", ["1", "2"], 2),
      ("\u{301}x", ["\u{FFFD}", "x"], 2),
      ("a\u{200D}b", ["a", "b"], 2),
      ("का", ["क", "ा"], 2),
      ("a\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}", ["a\u{300}\u{301}\u{302}\u{303}"], 1),
      ("\u{1B}[31m", ["\u{FFFD}", "[", "3", "1", "m"], 5),
      ("\u{9B}\u{7F}\u{0}", ["\u{FFFD}", "\u{FFFD}", "\u{FFFD}"], 3),
      ("a\r\nb\tc\rd", ["a", " ", "b", " ", "c", " ", "d"], 7),
      ("\u{202E}x\u{AD}\u{200B}\u{FEFF}", ["\u{FFFD}", "x", "\u{FFFD}", "\u{FFFD}", "\u{FFFD}"], 5),
      ("…·✔✖●▸█░│", ["…", "·", "✔", "✖", "●", "▸", "█", "░", "│"], 9),
    ])
  func clusters(text: String, cells: [String], columns: Int) {
    #expect(CellText(text).map(\.text) == cells)
    #expect(TextWidth.columns(of: text) == columns)
    #expect(TextWidth.columns(of: text[...]) == columns)
  }

  /// curses asks wcwidth how far the cursor moves; a different opinion would tear the row.
  @Test("agrees with the C library wherever both know the character")
  func agreesWithLibrary() {
    var compared = 0
    var wrong: [String] = []
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let library = terminal_library_columns(value)
      guard library > 0 else { continue }
      let columns: Int32
      switch ScalarWidth(scalar) {
      case .unprintable: continue
      case .zero: columns = 0
      case .one: columns = 1
      case .two: columns = 2
      }
      compared += 1
      if columns != library { wrong.append("U+" + String(value, radix: 16)) }
    }
    #expect(compared > 200_000)
    #expect(wrong == [])
  }
}
