import Terminal
import Testing

@Suite("Capabilities and where to copy")
struct CapabilitiesTests {
  @Test(
    "colours from the environment",
    arguments: [
      (["TERM": "xterm-256color"], true, 256, Capabilities.ColorLevel.indexed256),
      (["TERM": "xterm"], true, 8, .ansi16),
      (["TERM": "xterm-16color"], true, 16, .ansi16),
      (["TERM": "vt100"], true, 0, .none),
      (["TERM": "xterm-256color", "NO_COLOR": "1"], true, 256, .none),
      (["TERM": "xterm-256color", "NO_COLOR": ""], true, 256, .indexed256),
      (["TERM": "xterm-256color", "CLICOLOR": "0"], true, 256, .none),
      (["TERM": "xterm-256color", "CLICOLOR": "0", "CLICOLOR_FORCE": "1"], true, 256, .indexed256),
      (["TERM": "xterm-256color", "CLICOLOR_FORCE": "1", "NO_COLOR": "1"], true, 256, .none),
      (["TERM": "dumb"], true, nil, .none),
      ([:], true, nil, .none),
      (["TERM": "xterm"], true, nil, .ansi16),
      (["TERM": "xterm-256color"], true, nil, .indexed256),
      (["TERM": "xterm-direct"], true, nil, .indexed256),
      (["TERM": "xterm", "COLORTERM": "truecolor"], true, nil, .indexed256),
      (["TERM": "vt220"], true, nil, .none),
      (["TERM": "xterm-256color"], false, nil, .none),
      (["TERM": "xterm-256color", "CLICOLOR_FORCE": "1"], false, nil, .indexed256),
      (["CLICOLOR_FORCE": "1"], false, nil, .ansi16),
      (["TERM": "xterm-256color", "CLICOLOR_FORCE": "0"], false, nil, .none),
    ] as [([String: String], Bool, Int?, Capabilities.ColorLevel)])
  func colors(environment: [String: String], isTerminal: Bool, terminfo: Int?, level: Capabilities.ColorLevel) {
    let found = Capabilities.detect(
      environment: environment, isTerminal: isTerminal, codesetIsUTF8: true, terminfoColors: terminfo)
    #expect(found == Capabilities(colors: level, unicode: true))
  }

  @Test(
    "UTF-8 from the codeset or the locale's name",
    arguments: [
      ([:], false, false), ([:], true, true), (["LC_ALL": "C"], false, false),
      (["LANG": "en_US.UTF-8"], false, true), (["LANG": "de_DE.utf8@euro"], false, true),
      (["LANG": "en_US.UTF-8", "LC_ALL": "C"], false, false), (["LANG": "C", "LC_CTYPE": "C.UTF-8"], false, true),
      (["LANG": "en_US.UTF-8", "LC_ALL": ""], false, true), (["LANG": "de_DE.ISO-8859-1"], false, false),
    ] as [([String: String], Bool, Bool)])
  func unicode(environment: [String: String], codeset: Bool, unicode: Bool) {
    let found = Capabilities.detect(environment: environment, isTerminal: true, codesetIsUTF8: codeset)
    #expect(found.unicode == unicode)
    #expect(found.glyphs == Glyphs(unicode: unicode))
  }

  @Test("every sign is one column wide, in ASCII where asked", arguments: [true, false])
  func glyphs(unicode: Bool) {
    let mirror = Mirror(reflecting: Glyphs(unicode: unicode))
    let signs = mirror.children.flatMap { child in
      (child.value as? Character).map { [$0] } ?? child.value as? [Character] ?? []
    }
    #expect(signs.count > 20)
    #expect(signs.allSatisfy { TextWidth.columns(of: String($0)) == 1 })
    #expect(unicode || signs.allSatisfy { $0.isASCII })
  }

  @Test(
    "ways to copy in order",
    arguments: [
      (["TMUX": "/s,1,0", "TERM": "tmux-256color"], 10, false, [.tmuxBuffer, .file]),
      (["TMUX": "/s,1,0"], 10, true, [.tmuxBuffer]),
      (["TERM": "xterm-256color"], 10, false, [.osc52, .file]),
      (["TERM": "xterm-256color", "TMUX": ""], 10, true, [.osc52]),
      (["TERM": "xterm-256color"], 56_244, true, [.osc52]),
      (["TERM": "xterm-256color"], 56_246, true, []),
      (["TERM": "xterm-256color"], 56_246, false, [.file]),
      (["TERM": "screen.xterm", "STY": "1.pts"], 10, false, [.file]),
      (["TERM": "linux"], 10, true, []), (["TERM": "vt220"], 10, false, [.file]), ([:], 10, false, [.file]),
    ] as [([String: String], Int, Bool, [Clipboard.Way])])
  func ways(environment: [String: String], count: Int, isSecret: Bool, ways: [Clipboard.Way]) {
    #expect(Clipboard.ways(environment: environment, byteCount: count, isSecret: isSecret) == ways)
  }

  @Test(
    "base64 as in RFC 4648, section 10",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"), ("\u{7FF}\u{FFFF}", "37/vv78="),
    ])
  func base64(text: String, encoded: String) {
    #expect(String(decoding: Base64.encode(Array(text.utf8)), as: UTF8.self) == encoded)
    #expect(String(decoding: Clipboard.osc52(text), as: UTF8.self) == "\u{1B}]52;c;\(encoded)\u{07}")
  }

  @Test(
    "the state folder follows the XDG rules",
    arguments: [
      (["XDG_STATE_HOME": "/s", "HOME": "/h"], "/s/bundletop"), (["HOME": "/h"], "/h/.local/state/bundletop"),
      (["XDG_STATE_HOME": "relative", "HOME": "/h"], "/h/.local/state/bundletop"), (["HOME": "x"], nil), ([:], nil),
    ] as [([String: String], String?)])
  func stateDirectory(environment: [String: String], path: String?) {
    #expect(StateDirectory(environment: environment)?.path == path)
  }
}
