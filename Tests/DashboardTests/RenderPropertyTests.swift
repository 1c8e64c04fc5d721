import BundleModel
import Terminal
import TestSupport
import Testing

@testable import Dashboard

@Suite("Any state, any size")
struct RenderPropertyTests {
  @Test("random events never trap, at sizes from 1x1 to 300x100", arguments: [11, 12, 13, 14] as [UInt64])
  func random(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var state = Make.state(Make.shop(Int.random(in: 0...60, using: &random)))
    for step in 0..<1500 {
      _ = state.handle(event(&random, at: Make.at(Double(step))))
      guard step.isMultiple(of: 3) else { continue }
      let size = Bool.random(using: &random) ? state.size : Self.size(&random)
      let capabilities = Capabilities(colors: .ansi16, unicode: Bool.random(using: &random))
      let frame = state.render(
        size: size, capabilities: capabilities, clock: RenderClock(now: Make.at(Double(step))))
      #expect(frame.size == size)
      if size.rows >= 1 && state.mode == .question { #expect(frame.rows.last?.trimmed.isEmpty == false) }
      if let selection = state.selection { #expect(state.bundles.position(of: selection) == state.cursor.position) }
    }
  }

  @Test("sizes of nothing", arguments: [(0, 0), (0, 5), (5, 0), (1, 1), (2, 2), (-1, -1)])
  func nothing(columns: Int, rows: Int) {
    for keys in ["", "r", "<Enter>", "?", "/x"] {
      var state = Make.state(columns: columns, rows: rows)
      state.press(keys)
      let size = Size(columns: columns, rows: rows)
      _ = state.present(size: size, capabilities: Make.capabilities, clock: RenderClock(now: Make.noon))
    }
  }

  private static func size(_ random: inout SeededRandom) -> Size {
    Size(columns: Int.random(in: 1...300, using: &random), rows: Int.random(in: 1...100, using: &random))
  }

  private func event(_ random: inout SeededRandom, at: Timestamp) -> DashboardEvent {
    switch Int.random(in: 0..<24, using: &random) {
    case 0:
      return .connection(
        [.connecting, .live(latency: nil), .polling, .blind(since: at), .lost(since: at, nextTry: at, reason: "x")]
          .randomElement(using: &random)!, at: at)
    case 1: return .resync(statuses: Make.shop(Int.random(in: 0...50, using: &random)), at: at)
    case 2, 3, 4:
      let upserts = Make.shop(40).shuffled(using: &random).prefix(5)
      let removed = Make.shop(40).shuffled(using: &random).prefix(3).map(\.slug)
      return .changes(upserts: Array(upserts), removed: removed, at: at)
    case 5: return .pods([Make.pod("a", isGone: Bool.random(using: &random))], at: at)
    case 6: return .detail(Make.detail("report-publisher"), at: at)
    case 7: return .signed(Links.link(), at: at)
    case 8: return .terminal(.resize(Self.size(&random)), at: at)
    case 9: return .storage(.unreachable(since: at, reason: "down"), at: at)
    case 10: return .storage(.reachable, at: at)
    case 11:
      let kind = [MouseEvent.Kind.press, .wheelUp, .wheelDown].randomElement(using: &random)!
      let row = Int.random(in: -1...101, using: &random)
      return .terminal(
        .mouse(MouseEvent(kind: kind, row: row, column: Int.random(in: -1...301, using: &random))), at: at)
    case 12: return .terminal(.paste("state:"), at: at)
    case 13: return .tick(at: at)
    default:
      let letters = "jkGdrfgcsty?/n q".map { Key($0) }
      let key = (letters + Array(Keys.named.values)).randomElement(using: &random)!
      return .terminal(.key(key), at: at)
    }
  }
}
