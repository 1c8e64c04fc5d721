import BundleModel
import Testing

@testable import PodLens

@Suite("What pods serve against what the database holds")
struct LensTests {
  private typealias F = LensFixture

  @Test("the same bytes are equal at once, whatever the snapshots say")
  func equal() {
    var lens = PodLens()
    let held = F.list("a=1 b=1", 10)
    let verdicts = lens.judge(
      F.round(
        0, held, nil, .served(F.list("a=1 b=1", 7)), .served(F.list("a=1 b=1", nil)),
        .selfReported(held.checksum, unseen: .seconds(2))))
    #expect(verdicts.map(\.state) == [.equal, .equal, .equal])
    #expect(verdicts.map(\.source) == [.served, .served, .selfReported])
    #expect(verdicts.allSatisfy { $0.difference == nil })
  }

  @Test("a row that is wrong is behind until it has been for a second, then different; and equal when it is right")
  func wrongRow() {
    var lens = PodLens()
    let held = F.list("a=1 b=1", 10)
    let wrong = F.list("a=1 b=2", 10)
    for (at, expected) in [
      (0, PodVerdict.State.behind(.zero)), (999, .behind(.milliseconds(999))), (1000, .different(.seconds(1))),
      (5000, .different(.seconds(5))),
    ] {
      let verdict = lens.judge(F.round(at, held, nil, .served(wrong)))[0]
      #expect(verdict.state == expected)
      #expect(verdict.difference == RowDifference(slug: "b", field: "message", served: "2", held: "1"))
    }
    #expect(F.state(&lens, F.round(5200, held, nil, .served(held))) == .equal)
    #expect(F.state(&lens, F.round(5400, held, nil, .served(wrong))) == .behind(.zero))
  }

  @Test("other rows that are wrong begin anew")
  func otherRow() {
    var lens = PodLens()
    let held = F.list("a=1 b=1", 10)
    #expect(F.state(&lens, F.round(0, held, nil, .served(F.list("a=2 b=1", 10)))) == .behind(.zero))
    #expect(F.state(&lens, F.round(1200, held, nil, .served(F.list("a=1 b=2", 10)))) == .behind(.zero))
  }

  @Test(
    "rows that are on one side only, and lists in another order",
    arguments: [
      ("a=1", RowDifference(slug: "b", served: nil, held: "a row")),
      ("a=1 b=1 c=1", RowDifference(slug: "c", served: "a row", held: nil)),
      ("b=1 a=1", RowDifference()),
    ])
  func form(rows: String, expected: RowDifference) {
    var lens = PodLens()
    let held = F.list("a=1 b=1", 10)
    _ = lens.judge(F.round(0, held, nil, .served(F.list(rows, 10))))
    let verdict = lens.judge(F.round(1000, held, nil, .served(F.list(rows, 10))))[0]
    #expect(verdict.state == .different(.seconds(1)))
    #expect(verdict.difference == expected)
  }

  @Test("while everything changes, a pod that answers what there was in between is equal, for as long as it lasts")
  func burst() {
    var lens = PodLens()
    for turn in 0..<50 {
      let version = turn * 3
      let before = F.list("a=\(version) b=\(version)", 10 + version)
      let between = F.list("a=\(version + 1) b=\(version + 1)", 11 + version)
      let after = F.list("a=\(version + 2) b=\(version + 2)", 12 + version)
      #expect(F.state(&lens, F.round(turn * 200, before, after, .served(between))) == .equal)
    }
  }

  @Test("a row that stays is compared while others change")
  func wrongInBurst() {
    var lens = PodLens()
    var state = PodVerdict.State.equal
    for turn in 0...5 {
      let before = F.list("hot=\(turn) still=1", 10 + 2 * turn)
      let after = F.list("hot=\(turn + 1) still=1", 12 + 2 * turn)
      state = F.state(&lens, F.round(turn * 200, before, after, .served(F.list("hot=x still=2", 11 + 2 * turn))))
    }
    #expect(state == .different(.seconds(1)))
  }

  @Test("a pod that serves what was right 300 ms ago is behind by that, for as long as it lasts")
  func lagging() {
    var lens = PodLens()
    var lists = [F.list("a=0", 10)]
    for turn in 1..<40 {
      lists.append(F.list("a=\(turn)", 10 + turn))
      // Three turns of 100 ms ago.
      let served = lists[max(0, turn - 3)]
      let state = F.state(&lens, F.round(turn * 100, lists[turn], nil, .served(served)))
      if turn > 3 { #expect(state == .behind(.milliseconds(200)), "turn \(turn)") }
    }
  }

  @Test("a pod that stays where it is becomes different although every row changes all the time")
  func stuck() {
    var lens = PodLens()
    let stuck = F.list("a=0", 10)
    var states: [PodVerdict.State] = []
    for turn in 0...6 {
      let before = F.list("a=\(turn * 2 + 1)", 20 + turn * 2)
      let after = F.list("a=\(turn * 2 + 2)", 21 + turn * 2)
      states.append(F.state(&lens, F.round(turn * 200, before, after, .served(stuck))))
    }
    #expect(states.first == .behind(.zero))
    #expect(states.last == .different(.milliseconds(1200)))
  }

  @Test("an old snapshot in which nothing relevant is missing is equal")
  func oldButRight() {
    var lens = PodLens()
    // The order of rows apart, which changes nothing here: another transaction ended since.
    let state = F.state(&lens, F.round(0, F.list("a=1", 20), nil, .served(F.list("a=1", 10))))
    #expect(state == .equal)
  }

  @Test(
    "a pod of a snapshot with a writer still running is behind, not wrong, until the writer's change is a second old"
  )
  func openTransaction() {
    var lens = PodLens()
    let held = F.list("a=2", snapshot: "12:12:")
    let served = F.list("a=1", snapshot: "11:12:11")
    #expect(F.state(&lens, F.round(0, held, nil, .served(served))) == .behind(.zero))
    #expect(F.state(&lens, F.round(700, held, nil, .served(served))) == .behind(.milliseconds(700)))
    #expect(F.state(&lens, F.round(1000, held, nil, .served(served))) == .different(.seconds(1)))
  }

  @Test("a pod that names no snapshot is compared row by row")
  func noSnapshot() {
    var lens = PodLens()
    let held = F.list("a=2", 20)
    #expect(F.state(&lens, F.round(0, held, nil, .served(F.list("a=1", nil)))) == .behind(.zero))
    #expect(F.state(&lens, F.round(1000, held, nil, .served(F.list("a=1", nil)))) == .different(.seconds(1)))
  }

  @Test(
    "an answer that is no list is no answer",
    arguments: ["", "[]", "{\"data\":{}}", "{\"data\":{\"statuses\":[1]}}"])
  func noList(body: String) {
    var lens = PodLens()
    let state = F.state(&lens, F.round(0, F.list("a=1", 1), nil, .served(F.raw(body, snapshot: nil))))
    #expect(state == .unreachable("its answer is not a status list"))
  }

  @Test(
    "of a pod that reports of itself, what it has not seen is behind, and what it has seen counts after a second")
  func selfReported() {
    let held = F.list("a=1", 20)
    let other = F.list("a=2", 20).checksum
    let table: [(finding: PodReport.Finding, first: PodVerdict.State, later: PodVerdict.State)] = [
      (.selfReported(held.checksum, unseen: nil), .equal, .equal),
      (.selfReported(other, unseen: .seconds(4)), .behind(.seconds(4)), .behind(.seconds(4))),
      (.selfReported(other, unseen: .seconds(15)), .different(.seconds(15)), .different(.seconds(15))),
      (.selfReported(other, unseen: nil), .behind(.zero), .different(.seconds(1))),
      (.unreachable("no"), .unreachable("no"), .unreachable("no")),
    ]
    for row in table {
      var lens = PodLens()
      #expect(F.state(&lens, F.round(0, held, nil, row.finding)) == row.first)
      #expect(F.state(&lens, F.round(1000, held, nil, row.finding)) == row.later)
    }
  }
}
