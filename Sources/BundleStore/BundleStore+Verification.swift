package import BundleModel
internal import Postgres

/// What the migration's journal says of one file: a row of `example_bundle_migrations`.
package struct JournalRecord: Equatable, Sendable {
  /// Below the directory; a member of the older map is `status.json#KEY`.
  package var path: String
  package var kind: Kind
  /// Bytes of the file as it was met.
  package var size: Int64?
  package var modifiedAt: Timestamp?
  package var checksum: Checksum?
  package var slug: Slug?
  package var fingerprint: Fingerprint?
  package var outcome: Outcome
  /// What a person should know.
  package var reason: String?
  package var storageKey: String?

  package enum Kind: String, Sendable {
    case status, archive
  }

  package enum Outcome: String, Sendable {
    /// A row or an object came of it.
    case taken
    /// The database had the same.
    case known
    /// Something newer is there.
    case superseded
    /// It could not be taken.
    case quarantined
  }

  package init(
    path: String, kind: Kind, size: Int64?, modifiedAt: Timestamp?, checksum: Checksum?, slug: Slug?,
    fingerprint: Fingerprint? = nil, outcome: Outcome, reason: String? = nil, storageKey: String? = nil
  ) {
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
  }
}

/// Everything that files are compared with, of one snapshot.
package struct StoredTruth: Sendable {
  package var statuses: [BundleStatus]
  package var artifacts: [Artifact]
  /// Bundles that are queued or at work.
  package var active: Set<Slug>

  package init(statuses: [BundleStatus] = [], artifacts: [Artifact] = [], active: Set<Slug> = []) {
    self.statuses = statuses
    self.artifacts = artifacts
    self.active = active
  }
}

/// A file that verify proved, and whether the database still has what proves it.
package struct ProvedFile: Equatable, Sendable {
  package var path: String
  package var kind: JournalRecord.Kind
  package var size: Int64
  package var modifiedAt: Timestamp
  package var checksum: Checksum
  package var slug: Slug
  package var isHeld: Bool

  package init(
    path: String, kind: JournalRecord.Kind, size: Int64, modifiedAt: Timestamp, checksum: Checksum, slug: Slug,
    isHeld: Bool
  ) {
    self.path = path
    self.kind = kind
    self.size = size
    self.modifiedAt = modifiedAt
    self.checksum = checksum
    self.slug = slug
    self.isHeld = isHeld
  }
}

extension BundleStore {
  /// Reads rows in one snapshot, which is closed before this returns.
  ///
  /// - Parameter slugs: only of these; nil means all.
  package func truth(of slugs: [Slug]? = nil) async throws -> StoredTruth {
    let named: Parameter = slugs.map { .textArray($0.map(\.text)) } ?? .null
    return try await transaction(.repeatableReadReadOnly, deadline: .seconds(120)) { connection in
      var truth = StoredTruth()
      truth.statuses = try await connection.query(SQLText.statuses, [named]).read(StatusRow.self)
      truth.artifacts = try await connection.query(
        SQLText.artifacts, [named, false, .null, .null, .integer(Int(Int32.max))]
      ).read(ArtifactRow.self)
      truth.active = Set(
        try await connection.query(SQLText.activeSlugs).compactMap { Slug(try $0.decode("slug", as: String.self)) })
      return truth
    }
  }

  /// What the journal says of a directory, by path.
  package func journal(of source: String) async throws(StoreError) -> [String: JournalRecord] {
    let rows = try await query(SQLText.journalOfSource, [.text(source)])
    return try decoding {
      var records: [String: JournalRecord] = [:]
      records.reserveCapacity(rows.count)
      for row in rows {
        let path: String = try row.decode("path")
        guard let kind = JournalRecord.Kind(rawValue: try row.decode("kind")),
          let outcome = JournalRecord.Outcome(rawValue: try row.decode("outcome"))
        else { throw StoreError(.corrupt, "the journal of \(UntrustedText.line(path, limit: 200)) cannot be read") }
        records[path] = JournalRecord(
          path: path, kind: kind, size: try row.decode("size"), modifiedAt: try row.decode("modified_at"),
          checksum: try row.decode("sha256", as: String?.self).flatMap { Checksum(hex: $0) },
          slug: try row.decode("slug", as: String?.self).flatMap { Slug($0) },
          fingerprint: try row.decode("fingerprint", as: String?.self).flatMap { Fingerprint($0) },
          outcome: outcome, reason: try row.decode("reason"), storageKey: try row.decode("storage_key"))
      }
      return records
    }
  }

  /// A look at a directory begins: what an earlier one proved is proved no more.
  package func beginVerify(_ source: String, path: String, host: String) async throws(StoreError) {
    _ = try await query(SQLText.beginVerify, [.text(source), .line(path), .line(host)])
  }

  /// Notes files that the database and the object store agree with: of each, path, size, time, checksum and slug are
  /// there.
  package func noteVerified(_ files: [JournalRecord], of source: String) async throws(StoreError) {
    for start in stride(from: 0, to: files.count, by: 1_000) {
      let batch = files[start..<min(start + 1_000, files.count)]
      _ = try await query(
        SQLText.noteVerified,
        [
          .text(source), .textArray(batch.map(\.path)), .textArray(batch.map(\.kind.rawValue)),
          .textArray(batch.map { "\($0.size ?? 0)" }),
          .textArray(batch.map { "\($0.modifiedAt?.microseconds ?? 0)" }),
          .textArray(batch.map { $0.checksum?.hex ?? "" }), .textArray(batch.map { $0.slug?.text ?? "" }),
          .textArray(batch.map { $0.fingerprint?.text ?? "" }), .textArray(batch.map(\.outcome.rawValue)),
          .textArray(batch.map { $0.storageKey ?? "" }),
        ])
    }
  }

  /// The look at a directory has ended.
  package func endVerify(_ source: String, differences: Int, quarantined: Int) async throws(StoreError) {
    _ = try await query(SQLText.endVerify, [.text(source), .integer(differences), .integer(quarantined)])
  }

  /// The files of a directory that verify proved, in the order of their paths, one page of them.
  ///
  /// - Parameter path: the last one of the page before; empty for the first.
  package func provedFiles(of source: String, after path: String, limit: Int = 1_000) async throws(StoreError)
    -> [ProvedFile]
  {
    let rows = try await query(SQLText.cleanable, [.text(source), .text(path), .integer(limit)])
    return try decoding {
      try rows.map { row in
        let path: String = try row.decode("path")
        guard let kind = JournalRecord.Kind(rawValue: try row.decode("kind")),
          let checksum = Checksum(hex: try row.decode("sha256", as: String.self)),
          let slug = Slug(try row.decode("slug", as: String.self))
        else { throw StoreError(.corrupt, "the journal of \(UntrustedText.line(path, limit: 200)) cannot be read") }
        return ProvedFile(
          path: path, kind: kind, size: try row.decode("size"), modifiedAt: try row.decode("modified_at"),
          checksum: checksum, slug: slug, isHeld: try row.decode("is_held"))
      }
    }
  }
}
