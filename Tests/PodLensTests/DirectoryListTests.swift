import BundleModel
import Testing

@testable import PodLens

@Suite("What pods serve from their directories")
struct DirectoryListTests {
  private typealias F = LensFixture

  /// A list that was read from files, which know nothing of `message`.
  private static func files(_ rows: String, _ end: Int?, filed: Checksum? = nil) -> ServedList {
    var list = F.list(rows, end)
    list.side = .directory
    return list
  }

  private static func lens() -> PodLens { PodLens(filedNames: ["slug", "state"]) }

  @Test("fields that files do not hold, and the order, make no difference; a row that is not there does")
  func fields() {
    var lens = Self.lens()
    let held = F.list("a=1 b=1", 10)
    #expect(F.state(&lens, F.round(0, held, nil, .served(Self.files("b=9 a=9", 10)))) == .equal)
    for at in [0, 1000] {
      let verdict = lens.judge(F.round(at, held, nil, .served(Self.files("a=9", 10))))[0]
      #expect(verdict.state == (at == 0 ? .behind(.zero) : .different(.seconds(1))))
      #expect(verdict.difference == RowDifference(slug: "b", served: nil, held: "a row"))
    }
    // Of a pod that reads the database everything counts.
    lens = Self.lens()
    #expect(F.state(&lens, F.round(1200, held, nil, .served(F.list("b=9 a=9", 10)))) == .behind(.zero))
  }

  @Test("a field that files hold is named when it differs, and no other")
  func difference() {
    var lens = PodLens(filedNames: ["slug", "message"])
    var held = F.list("a=1", 10)
    held = F.raw(
      String(decoding: held.body, as: UTF8.self).replacing("running", with: "failed"), snapshot: "10:10:")
    let verdict = lens.judge(F.round(0, held, nil, .served(Self.files("a=2", 10))))[0]
    #expect(verdict.difference == RowDifference(slug: "a", field: "message", served: "2", held: "1"))
  }

  @Test("a directory that is a little behind is behind by that, however long it was idle before")
  func behind() {
    var lens = PodLens(filedNames: ["slug", "message"])
    // Other things happened in the database, none of which the directory has to follow.
    for turn in 0..<20 {
      let state = F.state(
        &lens, F.round(turn * 1000, F.list("a=1", 10 + turn), nil, .served(Self.files("a=1", 10))))
      #expect(state == .equal)
    }
    let held = F.list("a=2", 40)
    let served = Self.files("a=1", 10)
    #expect(F.state(&lens, F.round(20_000, held, nil, .served(served))) == .behind(.zero))
    #expect(F.state(&lens, F.round(20_700, held, nil, .served(served))) == .behind(.milliseconds(700)))
    #expect(F.state(&lens, F.round(21_000, held, nil, .served(served))) == .different(.seconds(1)))
    #expect(F.state(&lens, F.round(21_200, held, nil, .served(Self.files("a=2", 40)))) == .equal)
  }

  @Test("a pod that reports of itself what its files hold is compared with what they should hold")
  func selfReported() {
    var lens = Self.lens()
    var held = F.list("a=1", 20)
    held.filed = F.list("anything=1", 1).checksum
    let reported = PodReport.Finding.selfReported(F.list("anything=1", 1).checksum, unseen: .seconds(3))
    #expect(F.state(&lens, F.round(0, held, nil, reported)) == .equal)
    held.filed = nil
    #expect(F.state(&lens, F.round(200, held, nil, reported)) == .behind(.seconds(3)))
  }
}
