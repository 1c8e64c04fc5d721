import BundleModel
import Terminal
import Testing

@testable import Dashboard

/// Texts that other people's programs wrote must not reach the terminal raw, wherever they stand.
@Suite("Hostile text")
struct HostileTextTests {
  static let texts = [
    "\u{1B}[2J\u{1B}[31mred\u{7}", "\u{9B}31m\u{9D}0;title\u{9C}", "a\u{202E}gpj.exe\u{2066}", "\0\u{8}\u{7F}",
    "\r\n\t", String(repeating: "A", count: 10_000), String(repeating: "日本語", count: 500),
    "🫨👨‍👩‍👧‍👦🇩🇪", String(repeating: "e\u{301}\u{302}\u{303}", count: 200), "\u{E0041}\u{2028}\u{FFFE}",
    String(decoding: [0xFF, 0xC3, 0x28, 0xED, 0xA0, 0x80] as [UInt8], as: UTF8.self),
  ]

  @Test("in slug, version, pod, message, error, key, notice and banner", arguments: texts.indices, [true, false])
  func everywhere(number: Int, unicode: Bool) {
    let text = Self.texts[number]
    let capabilities = Capabilities(colors: .ansi16, unicode: unicode)
    let sizes = [Size(columns: 80, rows: 24), Size(columns: 20, rows: 5), Size(columns: 130, rows: 40)]
    for size in sizes.prefix(unicode ? 3 : 1) {
      for keys in ["", "<Enter>", "r", "f", "c", "g", "/\(text.prefix(250))", "<Enter><Tab>jjj"] {
        var state = hostile(text, size)
        state.press(keys)
        _ = state.handle(.detail(detail(text, of: state), at: Make.noon))
        check(state, capabilities)
        let result = ActionResult(slug: Make.slug("x" + text), kind: .retry, outcome: .failed(text))
        _ = state.handle(.actionFinished(result, at: Make.noon))
        _ = state.handle(.storage(.unreachable(since: Make.noon, reason: text), at: Make.noon))
        _ = state.handle(.copied(.failed(reason: text), label: text, at: Make.noon))
        check(state, capabilities)
        let link = SignedLink(
          slug: Make.slug("x" + text), version: text, url: Secret("https://h/\(text)?\(text)"), signedAt: Make.noon,
          expiresAt: Make.at(9))
        _ = state.handle(.signed(link, at: Make.noon))
        state.press("s")
        check(state, capabilities)
      }
    }
  }

  private func check(_ state: DashboardState, _ capabilities: Capabilities) {
    let frame = state.render(size: state.size, capabilities: capabilities, clock: RenderClock(now: Make.noon))
    let isClean = frame.cells.allSatisfy { cell in
      cell.text.unicodeScalars.allSatisfy { scalar in
        !UntrustedText.isHarmful(scalar) && (capabilities.unicode || scalar.isASCII)
      }
    }
    #expect(isClean)
    let areRowsFull = frame.rows.allSatisfy { TextWidth.columns(of: $0) == frame.size.columns }
    #expect(areRowsFull)
  }

  private func hostile(_ text: String, _ size: Size) -> DashboardState {
    var failed = Make.status("x" + text, .failed, pod: text, attempt: 1, error: text, message: text, job: text)
    failed.version = text
    failed.checksum = text
    let running = Make.status("y" + text, .packaging, pod: "p" + text, message: text, done: 9, total: 5)
    var state = Make.state([failed, running], columns: size.columns, rows: size.rows)
    _ = state.handle(.unoffered([failed.slug], at: Make.noon))
    return state
  }

  private func detail(_ text: String, of state: DashboardState) -> BundleDetail {
    var detail = Make.detail("x", error: text)
    detail.status.slug = state.selection ?? Make.slug("x")
    detail.status.message = text
    detail.status.version = text
    detail.lastArtifact?.storageKey = text
    detail.lastArtifact?.checksum = text
    detail.lastArtifact?.filename = text
    return detail
  }
}
