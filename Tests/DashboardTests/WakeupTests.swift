import BundleModel
import Terminal
import TestSupport
import Testing

@testable import Dashboard

@Suite("Quiet")
struct WakeupTests {
  @Test("between now and the next wake-up the picture stays", arguments: [(20, 5), (80, 24), (130, 40)])
  func truthful(columns: Int, rows: Int) {
    var random = SeededRandom(seed: 7)
    for keys in ["", "r", "<Enter>", "s", "t", "x", "?"] {
      var state = Make.state(columns: columns, rows: rows)
      state.press(keys)
      _ = state.handle(.detail(Make.detail("report-publisher"), at: Make.noon))
      if keys == "s" { _ = state.handle(.signed(Links.link(), at: Make.noon)) }
      if keys == "x" {
        _ = state.handle(.connection(.lost(since: Make.noon, nextTry: Make.at(7.5), reason: ""), at: Make.noon))
      }
      var now = 0.0
      for _ in 0..<40 {
        now += Double.random(in: 0..<900, using: &random)
        let here = present(state, now)
        guard let wake = here.nextChange else { continue }
        #expect(wake > Make.at(now))
        let gap = Double(wake.microseconds - Make.at(now).microseconds) / 1_000_000
        for share in [0.3, 0.7, 0.999] { #expect(present(state, now + gap * share).frame == here.frame) }
      }
    }
  }

  @Test("a screen of old rows wakes once a minute at most")
  func coarse() {
    let state = Make.state(Make.shop(1000).filter { $0.state == .completed && $0.slug.text.hasPrefix("b") })
    var wakes = 0
    var now = Make.at(0)
    let end = Make.at(600)
    while let next = state.nextWakeup(size: state.size, clock: RenderClock(now: now)), next < end {
      wakes += 1
      now = next
    }
    #expect(wakes <= 10)
  }

  @Test("an empty dashboard never wakes")
  func never() {
    let state = Make.state([])
    #expect(state.nextWakeup(size: state.size, clock: RenderClock(now: Make.noon)) == nil)
  }

  @Test("a notice goes by itself")
  func notice() {
    var state = Make.state([])
    state.press("t")
    #expect(state.nextWakeup(size: state.size, clock: RenderClock(now: Make.noon)) == Make.at(5))
    _ = state.handle(.tick(at: Make.at(5)))
    #expect(state.notice == nil)
  }

  @Test(
    "ages in one coarse unit",
    arguments: [
      (0.0, "0s"), (-5, "0s"), (12, "12s"), (59.9, "59s"), (3599, "59m"), (7260, "2h"), (90_000, "1d"),
      (86_400.0 * 365, "365d"),
    ] as [(Double, String)])
  func ages(seconds: Double, text: String) {
    // On a whole minute, where the clock's grain plays no part.
    let now = Timestamp(microseconds: 1_767_362_520_000_000)
    let since = Timestamp(microseconds: now.microseconds - Int64(seconds * 1_000_000))
    #expect(Formats.age(since, now: now, isSpaced: false).text == text)
  }

  private func present(_ state: DashboardState, _ seconds: Double) -> Presentation {
    state.present(size: state.size, capabilities: Make.capabilities, clock: RenderClock(now: Make.at(seconds)))
  }
}
