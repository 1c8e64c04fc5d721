import BundleModel
import BundleStore
import Hashing
import LegacyMigration
import LegacyStore
import TestSupport

/// Statuses and archives as the merge gets them, in few words.
enum Claims {
  static let slug = Slug("alpha")!
  /// Any day; milliseconds are added to it.
  static let day: Int64 = 1_750_000_000_000_000

  /// What a directory says of `alpha`.
  ///
  /// - Parameters:
  ///   - at: milliseconds after some day.
  ///   - bytes: what is in the archive; nil: there is none.
  ///   - recorded: what the status says of the archive; nil: what is in it.
  static func one(
    _ source: String, _ stage: Stage = .completed, at: Int64 = 0, fingerprint: String = "f1", bytes: String? = "b",
    recorded: String? = nil, key: String? = nil
  ) -> MigrationCandidate {
    let checksum = bytes.map(checksum)
    let status = LegacyStatus(
      slug: slug, fingerprint: Fingerprint(fingerprint)!, stage: stage, createdAt: moment(at - 5),
      updatedAt: moment(at), version: "1.0.0",
      checksum: stage == .completed ? recorded ?? checksum?.hex : nil, filename: "alpha-1.0.0.tgz")
    let file = LegacyFile(
      path: key.map { "status.json#\($0)" } ?? "status/alpha.json", size: 400, modifiedAt: moment(at),
      checksum: Claims.checksum("status"))
    var fact = MigrationCandidate.ArchiveFact.none
    if stage == .completed {
      fact = checksum.map { .found(archive, $0) } ?? .missing
    }
    return MigrationCandidate(source: source, entry: LegacyEntry(file: file, status: status), archive: fact)
  }

  static let archive = LegacyArchive(
    path: "artifacts/alpha/f1/alpha-1.0.0.tgz", size: 3, modifiedAt: moment(0), place: 1)

  /// The row of `alpha`.
  static func row(
    _ state: BundleState = .completed, at: Int64 = 0, micro: Int64 = 0, fingerprint: String = "f1",
    isOurs: Bool = false, hasActiveJob: Bool = false, bytes: String? = "b"
  ) -> MigrationRow {
    MigrationRow(
      slug: slug, fingerprint: Fingerprint(fingerprint)!, state: state,
      updatedAt: Timestamp(microseconds: day + at * 1000 + micro), isOurs: isOurs, hasActiveJob: hasActiveJob,
      archive: bytes.map { checksum($0).hex })
  }

  static func moment(_ milliseconds: Int64) -> Timestamp { Timestamp(microseconds: day + milliseconds * 1000) }

  static func checksum(_ text: String) -> Checksum { Checksum(digest: SHA256.digest(of: Array(text.utf8)))! }
}
