import Terminal
import TestSupport
import Testing

@Suite("Input decoder")
struct InputDecoderTests {
  /// Feeds a text, in which a few names in braces stand for what curses recognises.
  private func decode(_ units: [InputUnit]) -> [TerminalEvent] {
    var decoder = InputDecoder()
    let events = units.flatMap { decoder.feed($0) }
    return events + decoder.pause()
  }

  private func scalars(_ text: String) -> [InputUnit] { text.unicodeScalars.map { .scalar($0) } }

  @Test(
    "scalars to keys",
    arguments: [
      ("a", [Key("a")]), ("Ä", [Key("Ä")]), ("\r", [Key(.enter)]), ("\n", [Key(.enter)]), ("\t", [Key(.tab)]),
      ("\u{7F}", [Key(.backspace)]), ("\u{8}", [Key(.backspace)]), ("\u{3}", [Key("c", .control)]),
      ("\u{0}", [Key(" ", .control)]), ("\u{1C}", [Key("\\", .control)]), ("\u{1B}", [Key(.escape)]),
      ("\u{1B}\u{1B}", [Key(.escape), Key(.escape)]), ("\u{1B}x", [Key("x", .alt)]),
      ("\u{1B}\r", [Key(.enter, .alt)]), ("\u{1B}[A", [Key(.up)]), ("\u{1B}OB", [Key(.down)]),
      ("\u{1B}[3~", [Key(.delete)]), ("\u{1B}[5~", [Key(.pageUp)]), ("\u{1B}[Z", [Key(.backTab)]),
      ("\u{1B}[1;5Ax", [Key("x")]), ("\u{1B}[27;5;9~x", [Key("x")]), ("\u{1B}[?1;2cq", [Key("q")]),
      ("\u{1B}OXy", [Key("y")]), ("\u{1B}[12", []),
    ])
  func keys(text: String, keys: [Key]) {
    #expect(decode(scalars(text)) == keys.map { .key($0) })
  }

  @Test(
    "mouse reports",
    arguments: [
      ("0;1;1M", MouseEvent(kind: .press, row: 0, column: 0)),
      ("0;235;40m", MouseEvent(kind: .release, row: 39, column: 234)),
      ("2;3;4M", MouseEvent(kind: .press, row: 3, column: 2)),
      ("32;3;4M", MouseEvent(kind: .drag, row: 3, column: 2)),
      ("64;3;4M", MouseEvent(kind: .wheelUp, row: 3, column: 2)),
      ("81;3;4M", MouseEvent(kind: .wheelDown, row: 3, column: 2)),  // with Control
      ("35;3;4M", nil), ("66;3;4M", nil), ("0;0;1M", nil), ("0;1M", nil), ("0;;1M", nil), ("M", nil),
      ("0;99999999999999999999;1M", nil), ("0;1;1;1M", nil), ("q", nil),
    ])
  func mouse(parameters: String, event: MouseEvent?) {
    let events = decode([.mousePrefix] + scalars(parameters) + scalars("z"))
    #expect(events == (event.map { [.mouse($0)] } ?? []) + [.key(Key("z"))])
  }

  @Test("a paste is one event, and no key in it is a key")
  func paste() {
    #expect(
      decode([.pasteStart] + scalars("a\rq\u{1B}") + [.key(.up), .mousePrefix, .pasteEnd] + scalars("b"))
        == [.paste("a\nq\u{1B}"), .key(Key("b"))])
    #expect(decode([.pasteStart] + scalars("lost end")) == [.paste("lost end")])
    #expect(decode([.pasteEnd]) == [])
  }

  @Test("a paste is bounded")
  func bounded() {
    var decoder = InputDecoder()
    _ = decoder.feed(.pasteStart)
    for _ in 0..<(InputDecoder.pasteLimit + 100) { _ = decoder.feed(.scalar("x")) }
    #expect(decoder.feed(.pasteEnd) == [.paste(String(repeating: "x", count: InputDecoder.pasteLimit))])
  }

  @Test("a key in the middle of a sequence ends it")
  func interrupted() {
    #expect(decode([.mousePrefix, .scalar("1"), .key(.up)]) == [.key(Key(.up))])
    #expect(decode([.scalar("\u{1B}"), .focus(true)]) == [.key(Key(.escape)), .focus(true)])
    #expect(decode([.scalar("\u{1B}"), .key(.up)]) == [.key(Key(.up, .alt))])
    #expect(decode([.unknownKey, .focus(false)]) == [.focus(false)])
  }

  @Test("any units give events and never get stuck")
  func anything() {
    var random = SeededRandom(seed: 7)
    let units: [InputUnit] = [
      .scalar("\u{1B}"), .scalar("["), .scalar("O"), .scalar("1"), .scalar(";"), .scalar("M"), .scalar("~"),
      .scalar("é"), .key(.home), .mousePrefix, .pasteStart, .pasteEnd, .focus(true), .unknownKey,
    ]
    for _ in 0..<2000 {
      var decoder = InputDecoder()
      for _ in 0..<12 { _ = decoder.feed(units.randomElement(using: &random)!) }
      _ = decoder.pause()
      #expect(!decoder.isPartial)
      #expect(decoder.feed(.scalar("k")) == [.key(Key("k"))])
    }
  }
}
