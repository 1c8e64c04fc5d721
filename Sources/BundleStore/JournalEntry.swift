package import BundleModel
internal import Postgres

/// What became of one file of AppHub's old stores: a row of `example_bundle_migrations`.
package struct JournalEntry: Equatable, Sendable {
  package enum Kind: String, Sendable {
    case status, archive
  }

  package enum Outcome: String, Sendable {
    /// A row or an object came of it.
    case taken
    /// The database had the same.
    case known
    /// The database has something newer, or at work.
    case superseded
    /// It could not be taken.
    case quarantined
  }

  /// Which directory, by its id.
  package var source: String
  /// Below it; a member of the older map is `status.json#KEY`.
  package var path: String
  package var kind: Kind
  /// Bytes; nil for what could not even be looked at.
  package var size: Int64?
  package var modifiedAt: Timestamp?
  package var checksum: Checksum?
  package var slug: Slug?
  package var fingerprint: Fingerprint?
  /// Set by the database for what is imported; by the caller for what is not.
  package var outcome: Outcome
  /// What a person should know, in one line; nil when there is nothing.
  package var reason: String?
  /// The object that came of an archive.
  package var storageKey: String?
  /// When verify found database and object store to agree with the file; set by the database.
  package var verifiedAt: Timestamp?

  package init(
    source: String, path: String, kind: Kind, size: Int64? = nil, modifiedAt: Timestamp? = nil,
    checksum: Checksum? = nil, slug: Slug? = nil, fingerprint: Fingerprint? = nil, outcome: Outcome = .quarantined,
    reason: String? = nil, storageKey: String? = nil, verifiedAt: Timestamp? = nil
  ) {
    self.source = source
    self.path = path
    self.kind = kind
    self.size = size
    self.modifiedAt = modifiedAt
    self.checksum = checksum
    self.slug = slug
    self.fingerprint = fingerprint
    self.outcome = outcome
    self.reason = reason
    self.storageKey = storageKey
    self.verifiedAt = verifiedAt
  }

  /// Whether it is the same file with the same bytes, as far as its size and time tell.
  package func isSame(size: Int64, modifiedAt: Timestamp) -> Bool {
    self.size == size && self.modifiedAt == modifiedAt
  }

  /// Its columns as text, but for what the database decides.
  var members: [String: String] {
    var row = ["source": source, "path": path, "kind": kind.rawValue, "outcome": outcome.rawValue]
    row["size"] = size.map { "\($0)" }
    row["modified_at"] = modifiedAt?.postgresText
    row["sha256"] = checksum?.hex
    row["slug"] = slug?.text
    row["fingerprint"] = fingerprint?.text
    row["reason"] = reason.map { UntrustedText.line($0) }
    row["storage_key"] = storageKey
    return row
  }
}

/// Reads a row of the journal.
enum JournalRow: StoredRow {
  static let columns = [
    "source", "path", "kind", "size", "modified_at", "sha256", "slug", "fingerprint", "outcome", "reason",
    "storage_key", "verified_at",
  ]

  static func read(_ reader: inout RowReader) throws -> JournalEntry? {
    let source: String = try reader.next()
    let path: String = try reader.next()
    let kind: String = try reader.next()
    let size: Int64? = try reader.next()
    let modifiedAt: Timestamp? = try reader.next()
    let checksum: String? = try reader.next()
    let slug: String? = try reader.next()
    let fingerprint: String? = try reader.next()
    let outcome: String = try reader.next()
    let reason: String? = try reader.next()
    let storageKey: String? = try reader.next()
    let verifiedAt: Timestamp? = try reader.next()
    guard let kind = JournalEntry.Kind(rawValue: kind), let outcome = JournalEntry.Outcome(rawValue: outcome) else {
      throw StoreError(.corrupt, "the journal's row of \(UntrustedText.line(path, limit: 200)) cannot be read")
    }
    return JournalEntry(
      source: source, path: path, kind: kind, size: size, modifiedAt: modifiedAt,
      checksum: checksum.flatMap { Checksum(hex: $0) }, slug: slug.flatMap { Slug($0) },
      fingerprint: fingerprint.flatMap { Fingerprint($0) }, outcome: outcome, reason: reason,
      storageKey: storageKey, verifiedAt: verifiedAt)
  }
}
