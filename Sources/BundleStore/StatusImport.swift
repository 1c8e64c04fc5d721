package import BundleModel
internal import Postgres

/// A status of AppHub's old stores on its way into the database.
package struct StatusImport: Equatable, Sendable {
  /// The row as it shall be, `artifact` included; its id does not matter.
  ///
  /// A completed one has an artifact, any other has none.
  package var status: BundleStatus
  /// Where it came from; a reason in it is kept with a row that was taken.
  package var file: JournalEntry
  /// Where its archive came from; nil without an artifact.
  package var archive: JournalEntry?
  /// Ask for the bundle at once.
  package var requeue = false

  package init(status: BundleStatus, file: JournalEntry, archive: JournalEntry? = nil, requeue: Bool = false) {
    self.status = status
    self.file = file
    self.archive = archive
    self.requeue = requeue
  }

  /// The row's columns as text.
  var statusMembers: [String: String] {
    var row = [
      "slug": status.slug.text, "fingerprint": status.fingerprint.text, "stage": status.stage.rawValue,
      "state": status.state.rawValue, "created_at": status.createdAt.postgresText,
      "updated_at": status.updatedAt.postgresText,
    ]
    row["job_id"] = status.jobID
    row["version"] = status.version
    row["checksum"] = status.checksum
    row["filename"] = status.filename
    row["cached"] = status.cached.map { "\($0)" }
    row["error"] = status.error.map { UntrustedText.block($0) }
    row["message"] = status.message.map { UntrustedText.block($0) }
    row["completed_at"] = status.completedAt?.postgresText
    return row
  }

  /// The artifact's columns as text.
  var artifactMembers: [String: String]? {
    guard let artifact = status.artifact else { return nil }
    var row = [
      "slug": artifact.slug.text, "fingerprint": artifact.fingerprint.text, "checksum": artifact.checksum,
      "storage_kind": artifact.storageKind.rawValue, "storage_key": artifact.storageKey,
      "uploaded_at": artifact.uploadedAt.postgresText, "created_at": artifact.createdAt.postgresText,
    ]
    row["version"] = artifact.version
    row["filename"] = artifact.filename
    row["storage_url"] = artifact.storageURL
    row["content_type"] = artifact.contentType
    row["size"] = artifact.size.map { "\($0)" }
    row["job_id"] = artifact.jobID
    return row
  }
}

/// What became of a status that was to be imported.
package struct ImportAnswer: Equatable, Sendable {
  /// `known` also for what came from this very file before, whatever the database made of it since.
  package var outcome: JournalEntry.Outcome
  /// Why it was not taken.
  package var reason: String?
  /// What became of its archive: it may be taken for its own fingerprint though the status was not.
  package var archive: JournalEntry.Outcome?
  package var archiveReason: String?
}
