import BundleModel
import Glibc
import Hashing
import LegacyStore
import Persistence
import TestSupport

/// A directory of AppHub's files that a test fills.
struct DirectoryFixture: Sendable {
  let folder: TemporaryDirectory
  let directory: LegacyDirectory

  init() throws {
    folder = try TemporaryDirectory()
    directory = LegacyDirectory(path: folder.path)
  }

  static func status(
    _ slug: String, _ stage: Stage = .packaging, at milliseconds: Int64 = 1_700_000_000_000, message: String? = nil,
    fingerprint: String = "f1", filename: String? = nil, checksum: String? = nil
  ) -> LegacyStatus {
    let moment = Timestamp(microseconds: milliseconds * 1000)
    return LegacyStatus(
      slug: Slug(slug)!, fingerprint: Fingerprint(fingerprint)!, stage: stage, createdAt: moment, updatedAt: moment,
      version: stage == .completed ? "1.0" : nil, checksum: checksum, filename: filename, message: message)
  }

  /// Writes a status as pods do.
  func write(_ status: LegacyStatus) throws { try directory.write(status) }

  /// The text of a status as a file has it.
  static func text(_ status: LegacyStatus) throws -> String {
    let other = try DirectoryFixture()
    try other.write(status)
    return try other.folder.read("status/\(status.slug.text).json")
  }

  func remove(_ name: String) { unlink("\(folder.path)/\(name)") }

  /// Writes a completed status with its archive in AppHub's place.
  @discardableResult
  func complete(
    _ slug: String, _ bytes: [UInt8], fingerprint: String = "f1", at milliseconds: Int64 = 1_700_000_000_000
  )
    throws -> Checksum
  {
    try folder.write(bytes, to: "artifacts/\(slug)/\(fingerprint)/\(slug)-1.0.tgz")
    let checksum = Checksum(digest: SHA256.digest(of: bytes))!
    try write(
      Self.status(
        slug, .completed, at: milliseconds, fingerprint: fingerprint, filename: "\(slug)-1.0.tgz",
        checksum: checksum.hex))
    return checksum
  }
}
