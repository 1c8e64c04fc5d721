import BundleModel
import Terminal
import Testing

@testable import Dashboard

@Suite("Signed link")
struct LinkTests {
  @Test("asked for, shown masked, copied, shown, hidden, forgotten")
  func story() {
    var state = Make.state(columns: 120)
    state.press("/csv<Enter>")
    #expect(state.press("g").map(\.words) == ["sign csv-loader for 300"])
    #expect(state.footer().hasPrefix("csv-loader: signing a link"))
    #expect(state.handle(.signed(Links.link(), at: Make.noon)).map(\.words) == ["copy link: ••••"])
    #expect(state.lines()[21].hasPrefix("Link for csv-loader 0.3.1 (184 kB)  valid 5:00 ██████████"))
    #expect(state.lines()[22].contains("csv-loader-0.3.1.tgz?X-Amz-Signature=••••••••"))
    _ = state.handle(.copied(.terminal, label: "link", at: Make.noon))
    #expect(state.lines()[21].contains("copied to the clipboard (through the terminal)"))
    #expect(state.footer().trimmed == "s show  c copy again  Esc close")
    #expect(!state.screen().contains(Links.signature))
    state.press("s")
    #expect(state.screen().filter { $0 != "\n" }.contains(Links.signature))
    state.press("s")
    #expect(!state.screen().contains(Links.signature))
    #expect(state.press("c").map(\.words) == ["copy link: ••••"])
    #expect(state.press("jr").isEmpty)
    #expect(state.press("<Esc>").isEmpty)
    #expect(state.link == nil)
    #expect(!"\(state)".contains(Links.signature))
  }

  @Test("the signature is in no frame until asked for", arguments: [20, 40, 80, 120, 200], [1, 5, 12, 24, 60])
  func masked(columns: Int, rows: Int) {
    var state = Make.state(columns: columns, rows: rows)
    _ = state.handle(.signed(Links.link(), at: Make.noon))
    let seen = stride(from: 0, to: 310, by: 31).contains {
      state.screen(Double($0)).filter { $0 != "\n" }.contains("5ea1ed")
    }
    #expect(!seen)
    state.press("s")
    if rows >= 12 && columns >= 40 { #expect(state.screen().filter { $0 != "\n" }.contains(Links.signature)) }
  }

  @Test("it counts down, and what has expired is neither shown nor copied")
  func countdown() {
    var state = Make.state(columns: 120)
    _ = state.handle(.signed(Links.link(), at: Make.noon))
    #expect(state.lines(0.2)[21].contains("valid 5:00"))
    #expect(state.lines(1)[21].contains("valid 4:59"))
    #expect(state.lines(150)[21].contains("valid 2:30 █████░░░░░"))
    let wake = state.nextWakeup(size: state.size, clock: RenderClock(now: Make.at(10.25)))
    #expect(wake == Make.at(11))
    state.press("s", at: 299)
    #expect(state.screen(299).contains("X-Amz-Signature=5"))
    #expect(!state.screen(300).contains("X-Amz"))
    _ = state.handle(.tick(at: Make.at(300)))
    #expect(state.lines(300)[21].contains("expired"))
    #expect(state.press("sc", at: 301).isEmpty)
  }

  @Test("a refused link says why")
  func refused() {
    var state = Make.state()
    state.press("/csv<Enter>g")
    let result = ActionResult(slug: Make.slug("csv-loader"), kind: .sign, outcome: .refused("no artifact"))
    _ = state.handle(.actionFinished(result, at: Make.noon))
    #expect(state.footer().hasPrefix("csv-loader: link refused, no artifact"))
  }
}
