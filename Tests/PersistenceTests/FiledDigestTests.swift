import BundleModel
import LegacyStore
import Persistence
import TestSupport
import Testing

@Suite("What tells statuses apart by the fields of files")
struct FiledDigestTests {
  private static func row(_ slug: String, change: (inout BundleStatus) -> Void = { _ in }) -> BundleStatus {
    let moment = Timestamp(microseconds: 1_700_000_000_123_456)
    var row = BundleStatus(
      slug: Slug(slug)!, fingerprint: Fingerprint("f")!, stage: .completed, jobID: "j", version: "1", checksum: "c",
      filename: "x.tgz", cached: false, error: "e", message: "m", createdAt: moment, updatedAt: moment)
    change(&row)
    return row
  }

  private static let one = row("a")
  private static let other: [@Sendable (inout BundleStatus) -> Void] = [
    { $0.fingerprint = Fingerprint("g")! }, { $0.stage = .packaging }, { $0.state = .running }, { $0.jobID = nil },
    { $0.version = "2" }, { $0.checksum = nil }, { $0.filename = "y" }, { $0.cached = nil }, { $0.error = nil },
    { $0.message = "" }, { $0.createdAt.microseconds += 1000 }, { $0.updatedAt.microseconds += 1000 },
  ]

  @Test("each of them counts")
  func counts() {
    for (index, change) in Self.other.enumerated() {
      #expect(FiledDigest([Self.one]) != FiledDigest([Self.row("a", change: change)]), "\(index)")
    }
    #expect(FiledDigest([Self.one]) != FiledDigest([Self.row("b")]))
    #expect(FiledDigest([Self.one]) != FiledDigest([]))
  }

  @Test("nothing else does: what rows have besides, microseconds, order")
  func others() {
    let same = Self.row("a") { row in
      row.pod = "p"
      row.attempt = 3
      row.bytesDone = 1
      row.completedAt = nil
      row.updatedAt.microseconds += 43
    }
    #expect(FiledDigest([Self.one, Self.row("b")]) == FiledDigest([Self.row("b"), same]))
    #expect(FiledDigest([Self.one]) == FiledDigest([BundleStatus(LegacyStatus(same), archive: nil)]))
  }

  @Test("what was put in and taken out leaves nothing")
  func toggled() {
    var digest = FiledDigest([Self.one])
    digest.toggle(FiledDigest.part(of: Self.row("b")))
    digest.toggle(FiledDigest.part(of: Self.row("b")))
    #expect(digest == FiledDigest([Self.one]) && digest.checksum != nil)
  }
}
