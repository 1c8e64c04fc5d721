package import BundleModel
internal import Postgres

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
  package var kind: JournalEntry.Kind
  package var size: Int64
  package var modifiedAt: Timestamp
  package var checksum: Checksum
  package var slug: Slug
  package var isHeld: Bool

  package init(
    path: String, kind: JournalEntry.Kind, size: Int64, modifiedAt: Timestamp, checksum: Checksum, slug: Slug,
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

  /// A look at a directory begins: what an earlier one proved is proved no more.
  package func beginVerify(_ source: String, path: String, host: String) async throws(StoreError) {
    _ = try await query(SQLText.beginVerify, [.text(source), .line(path), .line(host)])
  }

  /// Notes files that the database and the object store agree with: of each, path, size, time, checksum and slug are
  /// there.
  package func noteVerified(_ files: [JournalEntry], of source: String) async throws(StoreError) {
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
        guard let kind = JournalEntry.Kind(rawValue: try row.decode("kind")),
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
