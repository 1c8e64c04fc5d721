import BundleModel
import Dashboard
import Testing

@Suite("Damaged archives")
struct DamageTests {
  private func set(_ verification: Verification?, _ slug: String = "csv-loader") -> BundleStatus {
    var status = Make.shop(7).first { $0.slug.text == slug }!
    status.artifact?.verification = verification
    return status
  }

  @Test("the mark, the count and the banner come with the look and go with the next one")
  func comeAndGo() {
    var state = Make.state(Make.shop(7), columns: 120, rows: 20)
    #expect(!state.screen().contains("≠"))
    _ = state.handle(.changes(upserts: [set(.mismatch)], removed: [], at: Make.noon))
    #expect(state.screen().contains("≠ csv-loader"))
    #expect(state.screen().contains("≠ mismatch"))
    #expect(state.screen().contains("mismatch 1"))
    #expect(state.screen().contains("1 stored archive does not match what was published"))
    _ = state.handle(
      .changes(upserts: [set(.missing), set(.mismatch, "inbox-normalizer")], removed: [], at: Make.noon))
    #expect(state.screen().contains("1 stored archive does not match, 1 is missing: bundletop verify"))
    _ = state.handle(.changes(upserts: [set(.match)], removed: [Make.slug("inbox-normalizer")], at: Make.noon))
    #expect(!state.screen().contains("≠") && !state.screen().contains("stored archive"))
  }

  @Test("behind what failed and before all else")
  func order() {
    let state = Make.state(Make.damagedShop(12), columns: 80, rows: 24)
    let names = state.lines().dropFirst(4).prefix(4).map { $0.split(separator: " ").dropFirst().first ?? "" }
    #expect(names == ["report-publisher", "csv-loader", "inbox-normalizer", "fleet-metrics"])
  }

  @Test("a trouble that holds up work is told first")
  func banner() {
    var state = Make.state(Make.damagedShop(7), columns: 120, rows: 20)
    _ = state.handle(.unoffered([Make.slug("greenhouse-alerts")], at: Make.noon))
    #expect(state.screen().contains("stored archive"))
    _ = state.handle(.storage(.unreachable(since: Make.noon, reason: "refused"), at: Make.noon))
    #expect(state.screen().contains("object storage unreachable") && !state.screen().contains("stored archive"))
  }
}
