import BundleModel
import TestSupport
import Testing

@testable import Dashboard

@Suite("Incremental order")
struct OrderPropertyTests {
  @Test("2,000 random batches equal a full recomputation", arguments: [1, 2] as [UInt64])
  func batches(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var table = BundleTable()
    var truth: [Slug: BundleStatus] = [:]
    for round in 0..<1000 {
      let upserts = (0..<Int.random(in: 0...12, using: &random)).map { _ in Self.status(&random) }
      let removed = (0..<Int.random(in: 0...4, using: &random)).map { _ in Self.name(&random) }
      if Int.random(in: 0..<100, using: &random) == 0 {
        truth = [:]
        for status in upserts { truth[status.slug] = status }
        table.replaceAll(upserts)
      } else {
        for slug in removed { truth[slug] = nil }
        for status in upserts { truth[status.slug] = status }
        table.apply(upserts: upserts, removed: removed)
      }
      if Int.random(in: 0..<20, using: &random) == 0 {
        table.sort(by: SortKey.allCases.randomElement(using: &random)!)
      }
      if Int.random(in: 0..<20, using: &random) == 0 {
        table.show(
          BundleFilter(["", "1", "state:failed", "pod:2 state:run,q", "note"].randomElement(using: &random)!))
      }
      var fresh = BundleTable()
      fresh.sort(by: table.sortKey)
      fresh.show(table.filter)
      fresh.replaceAll(Array(truth.values))
      let agree = Self.picture(table) == Self.picture(fresh)
      #expect(agree, "round \(round), seed \(seed), sorted by \(table.sortKey), filter \(table.filter.text)")
      guard agree else { return }
      let selfFound = (0..<table.visibleCount).allSatisfy { table.position(of: table.row(at: $0).slug) == $0 }
      #expect(selfFound, "round \(round): a row is not found where it stands")
      guard selfFound else { return }
    }
  }

  /// Everything that can be seen of a table.
  private static func picture(_ table: BundleTable) -> [String] {
    let rows = (0..<table.visibleCount).map { position in
      let row = table.row(at: position)
      let extra = table.extra(of: row.slug)
      return
        "\(row.slug) \(row.state) \(row.since.microseconds) \(table.podName(of: row)) \(row.size) \(extra?.note ?? "-")"
    }
    return rows + BundleState.allCases.map { "\($0) \(table.count($0))" } + ["\(table.total)"]
  }

  private static func name(_ random: inout SeededRandom) -> Slug {
    Slug("slug-\(Int.random(in: 0..<60, using: &random))")!
  }

  private static func status(_ random: inout SeededRandom) -> BundleStatus {
    let stage = Stage.allCases.randomElement(using: &random)!
    return Make.status(
      name(&random).text, stage, age: Double(Int.random(in: 0..<20, using: &random)),
      pod: Bool.random(using: &random) ? "pod-\(Int.random(in: 0..<4, using: &random))" : nil,
      attempt: Int.random(in: 0..<5, using: &random),
      error: stage == .failed ? "note \(Int.random(in: 0..<9, using: &random))" : nil,
      size: Int64.random(in: 0..<9, using: &random))
  }
}

@Suite("Packed values")
struct PackedValueTests {
  @Test(
    "what goes in comes out",
    arguments: [
      nil, "", "pending", Make.digest, "0" + Make.digest.dropFirst(), Make.digest.uppercased(),
      Make.digest + "0", "7f31c2aa-0000-4000-8000-0123456789ab", "7F31C2AA-0000-4000-8000-0123456789AB",
      "7f31c2aa00004000-8000-0123456789ab-", "00000000-0000-0000-0000-000000000000", "csv-loader",
    ] as [String?])
  func roundTrip(text: String?) {
    #expect(PackedHex(text).string == text)
    #expect(PackedUUID(text).string == text)
  }

  @Test("digests and job ids take no heap")
  func packed() {
    if case .digest = PackedHex(Make.digest) {} else { Issue.record("a digest is kept as text") }
    if case .uuid = PackedUUID("7f31c2aa-0000-4000-8000-0123456789ab") {} else { Issue.record("kept as text") }
    #expect(MemoryLayout<BundleRow>.stride <= 160)
  }
}
