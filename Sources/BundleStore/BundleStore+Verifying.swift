package import BundleModel
internal import Postgres

/// What became of a verification that was to be recorded.
package enum RecordOutcome: String, Sendable {
  case recorded
  /// The row names another object by now, or somebody looked at this one later: look again.
  case changed
  /// The row is not there any more.
  case gone
}

/// What the last look at an artifact found wrong, from the audit.
package struct VerificationFinding: Equatable, Sendable {
  package var at: Timestamp
  package var who: String
  package var result: Verification
  /// What differed, in one line.
  package var reason: String?
}

extension BundleStore {
  /// Every recorded artifact, of all bundles or of those named, by slug and fingerprint; read page by page.
  ///
  /// - Parameter latestOnly: of each bundle only what a person means who names it, see `latestArtifact(of:)`.
  package func artifacts(
    of slugs: [Slug]? = nil, latestOnly: Bool = false, pageSize: Int = 1_000
  ) async throws(StoreError) -> [Artifact] {
    let named: Parameter = slugs.map { .textArray($0.map(\.text)) } ?? .null
    var found: [Artifact] = []
    // As the database wrote them: a name is normalised when it is read.
    var last: (slug: String, fingerprint: String)?
    while true {
      let rows = try await query(
        SQLText.artifacts,
        [
          named, .boolean(latestOnly), Parameter(last?.slug), Parameter(last?.fingerprint), .integer(pageSize),
        ])
      try decoding {
        for row in rows {
          var reader = row.reader()
          if let artifact = try ArtifactRow.read(&reader) { found.append(artifact) }
          last = (try row.decode("slug"), try row.decode("fingerprint"))
        }
      }
      if rows.count < pageSize { return found }
    }
  }

  /// Records what a look at a stored object said, if the row still is what the object was compared with.
  ///
  /// Anything but a match is recorded in the audit, too.
  ///
  /// - Parameters:
  ///   - artifact: the row as it was when the look began.
  ///   - reason: what differed, in one line without secrets.
  ///   - actual: the SHA-256 of the bytes, if they were read.
  package func recordVerification(
    _ artifact: Artifact, _ result: Verification, reason: String? = nil, actual: Checksum? = nil, by who: String
  ) async throws(StoreError) -> RecordOutcome {
    var detail: [String: String] = [:]
    detail["reason"] = reason.map { UntrustedText.line($0) }
    detail["actual"] = actual?.hex
    let rows = try await write(
      SQLText.recordVerification,
      [
        .text(artifact.id), .text(artifact.checksum), .text(artifact.storageKind.rawValue),
        .text(artifact.storageKey), Parameter(artifact.size), .timestamp(artifact.uploadedAt),
        Parameter(artifact.verifiedAt), .text(result.rawValue),
        .who(who), try .detail(detail, of: "what differs in an artifact of \(artifact.slug)"),
      ])
    return try decoding {
      try FunctionAnswer<RecordOutcome>(rows, to: "whether a verification was recorded").outcome
    }
  }

  /// What was found wrong with an artifact when it was last looked at; nil when it matched, or nobody wrote it down.
  package func finding(of artifact: Artifact) async throws(StoreError) -> VerificationFinding? {
    guard let verification = artifact.verification, verification != .match else { return nil }
    let rows = try await query(SQLText.verificationFinding, [.text(artifact.slug.text), .text(artifact.id)])
    return try decoding {
      guard let row = rows.first,
        let result = Verification(rawValue: try row.decode("result", as: String.self)), result == verification
      else { return nil }
      return VerificationFinding(
        at: try row.decode("at"), who: try row.decode("who"), result: result, reason: try row.decode("reason"))
    }
  }
}
