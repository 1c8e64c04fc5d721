import BundleModel
import Glibc
import Terminal

/// A program that shows what it hears: the terminal tests run it in tmux.
@main
struct Probe {
  private let screen: TerminalScreen
  private var heard: [String] = []

  static func main() async {
    do {
      var probe = Probe(screen: try TerminalScreen(environment: TerminalEnvironment.current()))
      let signal = await probe.run()
      await probe.screen.close()
      print("left with signal \(signal)")
      exit(signal == 0 ? 0 : 128 + signal)
    } catch {
      print("error: \(error)")
      exit(2)
    }
  }

  private init(screen: TerminalScreen) { self.screen = screen }

  private mutating func run() async -> Int32 {
    screen.present(frame())
    for await event in screen.events {
      switch event {
      case .terminated(let signal): return signal
      case .key(Key("q")): return 0
      case .key(let key): await obey(key)
      default: heard.append(Self.text(event))
      }
      screen.present(frame())
    }
    return 0
  }

  /// Capital letters do something; every other key is only shown.
  private mutating func obey(_ key: Key) async {
    switch key {
    case Key("I"):
      for _ in 0..<100 { screen.present(frame()) }
    case Key("F"): fatalError("asked to crash")
    case Key("B"): abort()
    case Key("D"): exit(7)
    case Key("H"):
      while true { poll(nil, 0, -1) }  // hears nothing more
    case Key("E"): perror("a message for nobody")
    case Key("M"): screen.setMouse(false)
    case Key("Z"): screen.suspend()
    case Key("R"): screen.repaint()
    case Key("C"): heard.append("copied \(await screen.copy("plain 日本"))")
    case Key("L"): heard.append("copied \(await screen.copy(String(repeating: "x", count: 80_000)))")
    case Key("S"): heard.append("copied \(await screen.copy(secret: Secret("signed link")))")
    case Key("X"):
      heard.append("copied \(await screen.copy(secret: Secret(String(repeating: "x", count: 80_000))))")
    default: heard.append(Self.text(.key(key)))
    }
  }

  private func frame() -> Frame {
    let size = screen.size
    let capabilities = screen.capabilities
    var frame = Frame(size: size)
    let head =
      "probe \(size.columns)x\(size.rows) pid=\(getpid()) \(capabilities.colors) unicode=\(capabilities.unicode)"
    frame.write(head, row: 0, column: 0, style: Style(attributes: .reverse))
    frame.write("日本語 e\u{301} 👍|é|\u{1B}[31m|\u{1FAE8}|", row: 1, column: 0)
    frame.write("red", row: 2, column: 0, style: Style(foreground: .ansi(1), attributes: .bold))
    frame.write("orange", row: 2, column: 4, style: Style(foreground: .indexed(208), background: .ansi(4)))
    frame.horizontalLine(row: 3, glyphs: capabilities.glyphs)
    for (index, line) in heard.suffix(max(0, size.rows - 4)).enumerated() {
      frame.write(line, row: 4 + index, column: 0, ellipsis: capabilities.glyphs.ellipsis)
    }
    return frame
  }

  private static func text(_ event: TerminalEvent) -> String {
    switch event {
    case .key(let key):
      switch key.code {
      case .character(let character): "key '\(character)' \(key.modifiers.rawValue)"
      default: "key \(key.code) \(key.modifiers.rawValue)"
      }
    case .mouse(let mouse): "mouse \(mouse.kind) \(mouse.row),\(mouse.column)"
    case .paste(let text): "paste [\(text)]"
    case .focus(let isFocused): "focus \(isFocused)"
    case .resize(let size): "resize \(size.columns)x\(size.rows)"
    case .resumed: "resumed"
    case .terminated(let signal): "terminated \(signal)"
    }
  }
}
