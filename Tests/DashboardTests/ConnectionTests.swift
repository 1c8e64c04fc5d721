import BundleModel
import Terminal
import Testing

@testable import Dashboard

@Suite("Connection")
struct ConnectionTests {
  @Test("lost: rows stay, dimmed, with the age and the next try; filter and scroll survive")
  func lost() {
    var state = Make.state(columns: 120)
    state.press("/bundle<Enter><PgDn>")
    let before = state.lines()
    let lost = ConnectionState.lost(since: Make.at(-12), nextTry: Make.at(3), reason: "refused")
    _ = state.handle(.connection(lost, at: Make.noon))
    let header = "✖ database unreachable for 12 s · next try in 3 s · data from 14:01:59"
    #expect(state.lines()[0].hasSuffix(header))
    #expect(Array(state.lines()[2...22]) == Array(before[2...22]))
    let clock = RenderClock(now: Make.noon)
    let frame = state.render(size: state.size, capabilities: Make.capabilities, clock: clock)
    let areDim = (3..<23).allSatisfy { row in
      (0..<120).allSatisfy { frame[row, $0].style.attributes.contains(.dim) }
    }
    #expect(areDim)
    #expect(state.lines(3)[0].contains("for 15 s · trying"))
    _ = state.handle(.connection(.live(latency: nil), at: Make.at(20)))
    #expect(state.lines()[0].hasSuffix("● live"))
    #expect(Array(state.lines()[2...22]) == Array(before[2...22]))
  }

  @Test(
    "freshness in the header",
    arguments: [
      (ConnectionState.connecting, "◐ connecting"), (.live(latency: .milliseconds(3)), "● live 3 ms"),
      (.live(latency: .microseconds(400)), "● live 0.4 ms"), (.polling, "◐ polling"),
      (.blind(since: Make.at(-4)), "✖ blind for 4 s"),
    ])
  func freshness(connection: ConnectionState, words: String) {
    var state = Make.state()
    _ = state.handle(.connection(connection, at: Make.noon))
    #expect(state.lines()[0].hasSuffix(words))
  }

  @Test("no pod alive, or none that offers a bundle: the banner says why nothing moves")
  func banner() {
    var state = Make.state()
    #expect(state.banner == nil)
    _ = state.handle(.unoffered([Make.slug("b"), Make.slug("a")], at: Make.noon))
    #expect(state.lines()[2].hasPrefix("! no live pod offers a and 1 more: they will wait"))
    _ = state.handle(.storage(.unreachable(since: Make.at(-60), reason: "refused"), at: Make.noon))
    #expect(state.lines()[2].hasPrefix("! object storage unreachable since 14:01:11: refused"))
    #expect(state.lines()[1].contains("storage unreachable"))
    _ = state.handle(.pods([Make.pod("pod-a", isGone: true)], at: Make.noon))
    #expect(state.lines()[2].hasPrefix("! no pod is alive: 1 queued bundle will wait"))
    #expect(state.lines()[0].contains("pods 0/1"))
  }
}
