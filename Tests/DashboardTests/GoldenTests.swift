import BundleModel
import Dashboard
import Terminal
import Testing

@Suite("Golden frames")
struct GoldenTests {
  static let sizes = [(20, 5), (40, 12), (80, 24), (120, 40), (200, 60)]

  @Test("the table at every size, with 0, 1, 47 and 10,000 rows", arguments: sizes, [0, 1, 47, 10_000])
  func table(size: (Int, Int), count: Int) {
    let state = Make.state(Make.shop(count), columns: size.0, rows: size.1)
    Golden.expect(frame(state), "table-\(size.0)x\(size.1)-\(count)", styles: size == (80, 24) && count == 47)
  }

  @Test("the table in ASCII without colour", arguments: sizes)
  func ascii(size: (Int, Int)) {
    let state = Make.state(columns: size.0, rows: size.1)
    let frame = frame(state, Make.ascii)
    Golden.expect(frame, "ascii-\(size.0)x\(size.1)", styles: size == (80, 24))
    #expect(frame.text.utf8.allSatisfy { $0 < 0x80 })
  }

  @Test("the detail, beside the table or alone", arguments: sizes)
  func detail(size: (Int, Int)) {
    var state = Make.state(columns: size.0, rows: size.1)
    state.press("<Enter>")
    _ = state.handle(.detail(Make.detail("report-publisher"), at: Make.noon))
    Golden.expect(frame(state), "detail-\(size.0)x\(size.1)")
  }

  @Test("a connection that is lost", arguments: [(20, 5), (80, 24), (120, 40)])
  func lost(size: (Int, Int)) {
    var state = Make.state(columns: size.0, rows: size.1)
    let lost = ConnectionState.lost(since: Make.at(-12), nextTry: Make.at(2.5), reason: "refused")
    _ = state.handle(.connection(lost, at: Make.noon))
    Golden.expect(frame(state), "lost-\(size.0)x\(size.1)", styles: size == (80, 24))
  }

  @Test("the question of a retry", arguments: sizes)
  func question(size: (Int, Int)) {
    var state = Make.state(columns: size.0, rows: size.1)
    state.press("r")
    Golden.expect(frame(state), "question-\(size.0)x\(size.1)")
  }

  @Test("a signed link, masked", arguments: sizes)
  func link(size: (Int, Int)) {
    var state = Make.state(columns: size.0, rows: size.1)
    _ = state.handle(.signed(Links.link(), at: Make.noon))
    _ = state.handle(.copied(.tmuxBuffer, label: "link", at: Make.noon))
    Golden.expect(frame(state), "link-\(size.0)x\(size.1)")
  }

  @Test("help", arguments: sizes)
  func help(size: (Int, Int)) {
    var state = Make.state(columns: size.0, rows: size.1)
    state.press("?")
    Golden.expect(frame(state), "help-\(size.0)x\(size.1)")
  }

  @Test("a filter that is typed, and trouble in the banner")
  func filterAndBanner() {
    var state = Make.state(columns: 80, rows: 24)
    _ = state.handle(.unoffered([Make.slug("greenhouse-alerts")], at: Make.noon))
    state.press("/state:failed,run")
    Golden.expect(frame(state), "filter-80x24")
    _ = state.handle(.pods([Make.pod("pod-a", isGone: true)], at: Make.noon))
    state.press("<Enter>")
    Golden.expect(frame(state), "banner-80x24")
  }

  @Test("stored archives that are not what was published", arguments: sizes)
  func damage(size: (Int, Int)) {
    var state = Make.state(Make.damagedShop(47), columns: size.0, rows: size.1)
    state.press("<Down>")
    if size.0 >= 120 {
      state.press("<Enter>")
      var status = Make.damagedShop(47).first { $0.slug.text == "csv-loader" }!
      status.message = "built"
      let words = "its bytes have the SHA-256 \(Make.digest), recorded is another"
      let content = BundleDetail(status: status, damage: words)
      _ = state.handle(.detail(content, at: Make.noon))
    }
    Golden.expect(frame(state), "damage-\(size.0)x\(size.1)", styles: size == (80, 24))
    let frame = frame(state, Make.ascii)
    #expect(frame.text.utf8.allSatisfy { $0 < 0x80 })
    #expect(frame.text.contains("! csv-loader") || size.1 < 7)
  }

  @Test("before anything is known")
  func skeleton() {
    let state = DashboardState(
      configuration: DashboardConfiguration(database: "apphub@db"), size: Size(columns: 80, rows: 24))
    Golden.expect(frame(state), "skeleton-80x24")
    #expect(state.nextWakeup(size: state.size, clock: RenderClock(now: Make.noon)) == nil)
  }

  private func frame(_ state: DashboardState, _ capabilities: Capabilities = Make.capabilities) -> Frame {
    state.render(size: state.size, capabilities: capabilities, clock: RenderClock(now: Make.noon))
  }
}

/// A link with a signature that must not be seen.
enum Links {
  static let signature = "5ea1ed0ff1c1a15ecret"
  static func link() -> SignedLink {
    SignedLink(
      slug: Make.slug("csv-loader"), version: "0.3.1", size: 184_320,
      url: Secret(
        "https://minio.local/apphub-example-bundles/csv-loader/csv-loader-0.3.1.tgz?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=300&X-Amz-Signature=\(signature)"
      ), signedAt: Make.noon, expiresAt: Make.at(300))
  }
}
