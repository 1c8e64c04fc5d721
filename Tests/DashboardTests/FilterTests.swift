import BundleModel
import Testing

@testable import Dashboard

@Suite("Filter language")
struct FilterTests {
  @Test(
    "words that must all hold",
    arguments: [
      (
        "",
        [
          "csv-loader", "fleet-metrics", "greenhouse-alerts", "inbox-normalizer", "report-publisher",
          "scheduled-digest", "timestore-loader",
        ]
      ),
      ("loader", ["csv-loader", "timestore-loader"]),
      ("LOADER", ["csv-loader", "timestore-loader"]),
      ("loader csv", ["csv-loader"]),
      ("  loader   state:run ", ["timestore-loader"]),
      ("state:failed", ["report-publisher"]),
      ("state:f", ["report-publisher"]),
      ("STATE:Failed,QUEUED", ["greenhouse-alerts", "report-publisher"]),
      ("state:done", ["csv-loader", "inbox-normalizer"]),
      (
        "state:",
        [
          "csv-loader", "fleet-metrics", "greenhouse-alerts", "inbox-normalizer", "report-publisher",
          "scheduled-digest", "timestore-loader",
        ]
      ),
      ("state:,", []),
      ("state:nonsense", []),
      ("pod:b", ["fleet-metrics", "inbox-normalizer", "report-publisher"]),
      ("pod:pod-a stage:install", ["timestore-loader"]),
      ("stage:packaging", ["fleet-metrics"]),
      ("resolve", ["report-publisher"]),
      ("pod has", ["greenhouse-alerts"]),
      ("size:1", []),
    ])
  func language(text: String, slugs: [String]) {
    var table = BundleTable()
    table.replaceAll(Make.shop(7))
    table.sort(by: .slug)
    table.show(BundleFilter(text))
    #expect((0..<table.visibleCount).map { table.row(at: $0).slug.text } == slugs)
  }
}
