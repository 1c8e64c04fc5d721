import BundleModel
import Terminal
import Testing

@testable import Dashboard

@Suite("Disabled reasons")
struct DisabledReasonTests {
  /// What a key answers on a bundle in some state of the world.
  struct Case: Sendable, CustomStringConvertible {
    var keys: String
    var world: String
    var answer: String
    var description: String { "\(keys) when \(world)" }
  }

  static let lost = "database unreachable: "
  static let cases = [
    Case(keys: "/timestore<Enter>r", world: "live", answer: "cannot retry: running on pod-a since 14:01:13"),
    Case(keys: "/greenhouse<Enter>r", world: "live", answer: "cannot retry: queued already since 14:02:04"),
    Case(keys: "/csv<Enter>r", world: "live", answer: "cannot retry: completed; f forces a rebuild"),
    Case(keys: "/greenhouse<Enter>g", world: "live", answer: "no artifact yet"),
    Case(keys: "/greenhouse<Enter>c", world: "live", answer: "no artifact yet: nothing to copy"),
    Case(keys: "/nosuch<Enter>r", world: "live", answer: "no bundle is selected"),
    Case(keys: "/nosuch<Enter>d", world: "live", answer: "no bundle is selected"),
    Case(keys: "<Tab>", world: "live", answer: "no detail is open: Enter opens it"),
    Case(keys: "r", world: "lost", answer: lost + "retry when the connection is back"),
    Case(keys: "f", world: "lost", answer: lost + "force when the connection is back"),
    Case(keys: "g", world: "lost", answer: lost + "sign when the connection is back"),
    Case(keys: "r", world: "blind", answer: "the database does not answer: retry when it does"),
    Case(keys: "r", world: "connecting", answer: "not connected yet: retry when the connection stands"),
    Case(keys: "r", world: "read-only", answer: "read-only: retry is not offered"),
    Case(keys: "f", world: "read-only", answer: "read-only: force is not offered"),
    Case(keys: "g", world: "read-only", answer: "read-only: sign is not offered"),
    Case(keys: "/csv<Enter>g", world: "no storage", answer: "cannot sign: object storage is not configured"),
    Case(
      keys: "/csv<Enter>g", world: "storage down",
      answer: "cannot sign: object storage unreachable since 14:02:01: refused"),
  ]

  @Test("a disabled key says why and does nothing", arguments: cases)
  func reason(of one: Case) {
    var state = world(one.world)
    #expect(state.press(one.keys).isEmpty)
    #expect(state.footer().trimmed == one.answer)
    #expect(state.question == nil)
  }

  @Test("the connection goes while a question stands")
  func questionOutlivesConnection() {
    var state = Make.state()
    state.press("r")
    _ = state.handle(.connection(.lost(since: Make.noon, nextTry: nil, reason: ""), at: Make.noon))
    #expect(state.press("y").isEmpty)
    #expect(state.footer().hasPrefix(Self.lost))
  }

  @Test("what is disabled is dim in the footer, what is dangerous is not offered read-only")
  func footer() {
    var state = Make.state()
    state.press("/greenhouse<Enter>")
    let clock = RenderClock(now: Make.noon)
    let frame = state.render(size: state.size, capabilities: Make.capabilities, clock: clock)
    #expect(frame[23, 0].text == "r" && frame[23, 0].style.attributes == .dim)
    #expect(frame[23, 9].text == "f" && frame[23, 9].style.attributes == .bold)
    #expect(!Make.state(readOnly: true).footer().contains("retry"))
  }

  @Test("a rebuild that failed leaves the earlier archive to be linked and copied")
  func earlierArchive() {
    var state = Make.state()
    state.press("<Enter>")
    _ = state.handle(.detail(Make.detail("report-publisher"), at: Make.noon))
    #expect(state.press("g").map(\.words) == ["sign report-publisher for 300"])
    #expect(state.press("c").map(\.words) == ["copy checksum of report-publisher: \(Make.digest)"])
  }

  @Test("answers that a lost connection swallowed are not waited for")
  func pendingEndsWithConnection() {
    var state = Make.state()
    state.press("ry")
    _ = state.handle(.connection(.lost(since: Make.noon, nextTry: nil, reason: ""), at: Make.noon))
    _ = state.handle(.connection(.polling, at: Make.noon))
    state.press("r")
    #expect(state.question != nil)
  }

  private func world(_ name: String) -> DashboardState {
    var state = Make.state(readOnly: name == "read-only")
    switch name {
    case "lost":
      _ = state.handle(.connection(.lost(since: Make.noon, nextTry: nil, reason: ""), at: Make.noon))
    case "blind": _ = state.handle(.connection(.blind(since: Make.noon), at: Make.noon))
    case "connecting": _ = state.handle(.connection(.connecting, at: Make.noon))
    case "no storage": _ = state.handle(.storage(.notConfigured, at: Make.noon))
    case "storage down":
      _ = state.handle(.storage(.unreachable(since: Make.at(-10), reason: "refused"), at: Make.noon))
    default: break
    }
    return state
  }
}

extension String {
  /// Without the blanks around it.
  var trimmed: String { String(trimmingBlanks()) }
}
