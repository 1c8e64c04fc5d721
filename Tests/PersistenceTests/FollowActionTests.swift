import BundleModel
import LegacyStore
import Persistence
import Testing

@Suite("What a directory is told")
struct FollowActionTests {
  private static let base: Int64 = 1_767_323_045_678_000

  private static func status(_ offset: Int64 = 0, _ stage: Stage = .packaging, message: String? = nil)
    -> LegacyStatus
  {
    LegacyStatus(
      slug: Slug("a")!, fingerprint: Fingerprint("f")!, stage: stage, createdAt: Timestamp(microseconds: base),
      updatedAt: Timestamp(microseconds: base + offset), message: message)
  }

  private static func at(_ offset: Int64) -> Timestamp { Timestamp(microseconds: base + offset) }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let row: LegacyStatus?
    let file: FileSeen
    var elsewhere: Timestamp?
    let action: FollowAction
    var testDescription: String { name }
  }

  private static let cases: [Case] = [
    Case(name: "neither", row: nil, file: .absent, action: .nothing),
    Case(name: "deleted row, file of ours", row: nil, file: .status(status()), action: .setAside),
    Case(name: "deleted row, damaged file", row: nil, file: .damaged(.syntax), action: .nothing),
    Case(name: "deleted row, status.json", row: nil, file: .absent, elsewhere: at(0), action: .nothing),
    Case(name: "no file", row: status(), file: .absent, action: .write),
    Case(name: "the same", row: status(), file: .status(status()), action: .nothing),
    Case(name: "newer within a millisecond", row: status(999), file: .status(status()), action: .write),
    Case(name: "a newer row", row: status(1000), file: .status(status()), action: .write),
    Case(name: "as old, other text", row: status(message: "x"), file: .status(status()), action: .write),
    Case(
      name: "as old at milliseconds, other text", row: status(message: "x"), file: .status(status(999)),
      action: .write),
    Case(name: "a newer file", row: status(), file: .status(status(1000)), action: .leave),
    Case(
      name: "a newer file by seconds", row: status(0, .completed), file: .status(status(5_000_000)), action: .leave),
    Case(name: "an unreadable file", row: status(), file: .damaged(.unreadable), action: .refuse),
    Case(name: "newer in status.json", row: status(), file: .absent, elsewhere: at(1000), action: .leave),
    Case(name: "as old in status.json", row: status(), file: .absent, elsewhere: at(999), action: .write),
    Case(
      name: "newer in status.json, older file", row: status(), file: .status(status(-1000)), elsewhere: at(1000),
      action: .leave),
  ]

  @Test("Each case has its action", arguments: cases)
  func table(_ one: Case) {
    #expect(FollowAction.deciding(row: one.row, file: one.file, elsewhere: one.elsewhere) == one.action)
  }

  @Test(
    "Whatever is damaged is kept under another name",
    arguments: LegacyDefect.Kind.allCases.filter { $0 != .unreadable })
  func damaged(_ kind: LegacyDefect.Kind) {
    #expect(FollowAction.deciding(row: Self.status(), file: .damaged(kind)) == .replace)
  }

  @Test("Moments before 1970 and without end do no harm")
  func extremes() {
    for (micros, cut) in [(-1, -1000), (-1000, -1000), (-1001, -2000), (1999, 1000)] as [(Int64, Int64)] {
      #expect(Timestamp(microseconds: micros).wholeMilliseconds.microseconds == cut)
    }
    let endless = LegacyStatus(
      BundleStatus(
        slug: Slug("a")!, stage: .failed, createdAt: Timestamp(microseconds: .min),
        updatedAt: Timestamp(microseconds: .max)))
    #expect(FollowAction.deciding(row: endless, file: .status(endless)) == .nothing)
  }
}
