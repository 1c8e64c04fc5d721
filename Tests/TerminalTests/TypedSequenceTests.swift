import Terminal
import Testing

/// What a terminal sends whose mode or type differs from what terminfo says: curses passes it on as it came.
@Suite("Sequences that curses does not know")
struct TypedSequenceTests {
  private static func decode(_ text: String) -> [TerminalEvent] {
    var decoder = InputDecoder()
    let events = text.unicodeScalars.flatMap { decoder.feed(.scalar($0)) }
    return events + decoder.pause()
  }

  /// VT220 has 1 to 6; rxvt sends 7 and 8 for Home and End.
  @Test(
    "keys with a number",
    arguments: [
      ("1", .home), ("2", .insert), ("3", .delete), ("4", .end), ("5", .pageUp), ("6", .pageDown), ("7", .home),
      ("8", .end), ("0", nil), ("9", nil), ("", nil),
    ] as [(String, Key.Code?)])
  func numbered(number: String, code: Key.Code?) {
    let key = code.map { [TerminalEvent.key(Key($0))] } ?? []
    #expect(Self.decode("\u{1B}[\(number)~z") == key + [.key(Key("z"))])
  }

  /// Cursor keys come with a bracket, in application mode with an O, as does the keypad's Enter.
  @Test(
    "keys with a letter", arguments: ["\u{1B}[", "\u{1B}O"],
    [("A", .up), ("B", .down), ("C", .right), ("D", .left), ("H", .home), ("F", .end), ("Z", .backTab)]
      as [(String, Key.Code)])
  func lettered(prefix: String, key: (letter: String, code: Key.Code)) {
    #expect(Self.decode("\(prefix)\(key.letter)z") == [.key(Key(key.code)), .key(Key("z"))])
  }
}
