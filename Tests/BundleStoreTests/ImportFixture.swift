import BundleModel
import BundleStore
import Postgres

/// Statuses of an old store, as `importStatus` takes them.
enum ImportFixture {
  /// 2026-01-02T03:04:05.678Z and so many milliseconds.
  static func moment(_ milliseconds: Int64 = 0) -> Timestamp {
    Timestamp(microseconds: 1_767_323_045_678_000 + milliseconds * 1_000)
  }

  static func checksum(_ byte: UInt8) -> Checksum { Checksum(digest: [UInt8](repeating: byte, count: 32))! }

  /// What is left of `status/<slug>.json`.
  static func file(_ slug: Slug, source: String = "pod-a", at milliseconds: Int64 = 0, reason: String? = nil)
    -> JournalEntry
  {
    JournalEntry(
      source: source, path: "status/\(slug).json", kind: .status, size: 300,
      modifiedAt: Timestamp(microseconds: moment(milliseconds).microseconds + 123), checksum: checksum(9),
      slug: slug, fingerprint: Fingerprint("f1"), reason: reason)
  }

  /// A completed one; `bytes` stands for the content of its archive.
  static func completed(
    _ slug: Slug, source: String = "pod-a", at milliseconds: Int64 = 0, fingerprint: String = "f1",
    bytes: UInt8 = 1, job: String? = "inline-1"
  ) -> StatusImport {
    let at = moment(milliseconds)
    let print = Fingerprint(fingerprint)!
    let key = "\(slug)/\(print)/\(slug)-1.0.tgz"
    let artifact = Artifact(
      id: "", slug: slug, fingerprint: print, version: "1.0", checksum: checksum(bytes).hex,
      filename: "\(slug)-1.0.tgz", storageKind: .s3, storageKey: bytes == 1 ? key : "\(key)-\(bytes)",
      storageURL: "s3://bucket/\(key)", contentType: "application/gzip", size: 10, jobID: job, uploadedAt: at,
      createdAt: at)
    let status = BundleStatus(
      slug: slug, fingerprint: print, stage: .completed, jobID: job, version: "1.0",
      checksum: checksum(bytes).hex, filename: "\(slug)-1.0.tgz", cached: false, message: "done",
      createdAt: moment(-60_000), updatedAt: at, completedAt: at, artifact: artifact)
    let archive = JournalEntry(
      source: source, path: "artifacts/\(slug)/\(print)/\(slug)-1.0.tgz", kind: .archive, size: 10,
      modifiedAt: at, checksum: checksum(bytes), slug: slug, fingerprint: print)
    return StatusImport(
      status: status, file: file(slug, source: source, at: milliseconds), archive: archive)
  }

  /// A failed one, such as what comes of an interrupted one.
  static func failed(
    _ slug: Slug, source: String = "pod-a", at milliseconds: Int64 = 0, error: String = "it broke",
    reason: String? = nil, requeue: Bool = false
  ) -> StatusImport {
    StatusImport(
      status: BundleStatus(
        slug: slug, fingerprint: Fingerprint("f1")!, stage: .failed, error: error, createdAt: moment(-60_000),
        updatedAt: moment(milliseconds)),
      file: file(slug, source: source, at: milliseconds, reason: reason), requeue: requeue)
  }
}

extension StoreFixture {
  /// Imports as ann.
  @discardableResult
  func take(_ wanted: StatusImport) async throws -> ImportAnswer {
    try await store.importStatus(wanted, by: "ann")
  }

  /// `outcome reason` of each file in the journal, by path.
  func journal() async throws -> [String] {
    try await lines(
      "select source, path, outcome, reason, storage_key from example_bundle_migrations order by source, path")
  }
}
