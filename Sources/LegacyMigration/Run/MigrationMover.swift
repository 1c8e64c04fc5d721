internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import LegacyStore

/// Does what was decided about bundles, one at a time or many: archives first, then rows.
struct MigrationMover: Sendable {
  let store: BundleStore
  let artifacts: any ArtifactStore
  let directories: [String: LegacyDirectory]
  let known: KnownArchives
  let who: String
  let tally: MigrationTally

  /// - Throws: when the database or the object store does not let it go on; what is one file's own fault is recorded
  ///   and told as a finding.
  func move(_ decision: MigrationDecision) async throws {
    let winner = decision.winner
    do {
      switch decision.verdict {
      case .take, .known:
        if let sound = SoundCompletion(winner) {
          try count(try await take(sound))
        } else if winner.status.state == .failed {
          let row = winner.failedRow(winner.status.error)
          try count(try await store.importStatus(StatusImport(status: row, file: winner.journalEntry()), by: who))
        } else {
          // The database has it as it is: a pod of ours wrote the file after the row.
          try await store.journal([winner.journalEntry(.known)])
          tally.count { $0.known += 1 }
        }
      case .fail(let error): try await fail(winner, error, requeue: false)
      case .requeue: try await fail(winner, MigrationDecision.interrupted, requeue: true)
      case .keep:
        try await recordOlder(winner, reason(of: winner, in: decision))
        tally.count { $0.kept += 1 }
      case .quarantine(let reason): try await quarantine(winner, reason)
      }
    } catch let error as LegacyError {
      try await spoiled(winner, error.message)
    } catch let error as StorageError where error.concernsOneArchive {
      try await spoiled(winner, error.message)
    } catch let error as StoreError where error.kind == .refused || error.kind == .invalid {
      // A text that the database does not take; if it takes nothing at all, it does not take this note either.
      try await spoiled(winner, error.message)
    }
    for other in decision.others {
      do {
        try await recordOlder(other, reason(of: other, in: decision))
      } catch let error as LegacyError {
        try await spoiledOlder(other, error.message)
      } catch let error as StorageError where error.concernsOneArchive {
        try await spoiledOlder(other, error.message)
      }
    }
  }

  // MARK: - What counts

  private func fail(_ winner: MigrationCandidate, _ error: String, requeue: Bool) async throws {
    let wanted = StatusImport(
      status: winner.failedRow(error), file: winner.journalEntry(.taken, error), requeue: requeue)
    let answer = try await store.importStatus(wanted, by: who)
    if answer.outcome == .taken { tally.count { if requeue { $0.requeued += 1 } else { $0.failed += 1 } } }
    try count(answer)
  }

  private func quarantine(_ winner: MigrationCandidate, _ reason: String) async throws {
    var entries = [winner.journalEntry(.quarantined, reason)]
    if case .found(let archive, let checksum) = winner.archive {
      entries.append(
        JournalEntry(
          source: winner.source, path: archive.path, kind: .archive, size: archive.size,
          modifiedAt: archive.modifiedAt, checksum: checksum, slug: winner.status.slug,
          fingerprint: winner.status.fingerprint, outcome: .quarantined, reason: reason))
    }
    try await store.journal(entries)
    tally.count { $0.quarantined += 1 }
  }

  /// Something went wrong with this archive alone.
  private func spoiled(_ winner: MigrationCandidate, _ reason: String) async throws {
    tally.add([winner.finding(.unreadable, reason + "; it is not taken")])
    try await quarantine(winner, reason)
  }

  private func count(_ answer: ImportAnswer) throws {
    tally.count { counts in
      switch answer.outcome {
      case .taken: counts.taken += 1
      case .known: counts.known += 1
      case .superseded: counts.kept += 1
      case .quarantined: counts.quarantined += 1
      }
    }
  }

  // MARK: - Archives

  /// Stores the archive, unless it is there, and moves the row.
  private func take(_ sound: SoundCompletion) async throws -> ImportAnswer {
    let status = sound.candidate.status
    let recorded = try await store.artifact(of: status.slug, fingerprint: status.fingerprint)
    return try await take(sound, recorded: recorded)
  }

  private func take(_ sound: SoundCompletion, recorded: Artifact?) async throws -> ImportAnswer {
    let candidate = sound.candidate
    guard let directory = directories[candidate.source] else {
      throw MigrationError(.failed, "nobody named the directory \(candidate.source)")
    }
    let isRecorded = recorded.map { $0.storageKind == artifacts.kind && $0.checksum == sound.checksum.hex } ?? false
    let place = isRecorded ? recorded?.storageKey : known.storageKey(candidate.source, sound.archive)
    let upload = ArchiveUpload(
      artifacts: artifacts, directory: directory, archive: sound.archive, checksum: sound.checksum,
      contentType: sound.contentType)
    let keys = sound.keys(in: artifacts, known: place)
    let number = tally.beginUpload()
    defer { tally.endUpload(number) }
    let stored = try await upload.run(keys: keys, progress: { [tally] in tally.uploading(number, $0) })
    tally.count { counts in
      if stored.isNew {
        counts.uploaded += 1
        counts.bytes += sound.archive.size
      } else {
        counts.present += 1
      }
    }
    let wanted = sound.wanted(key: stored.key, in: artifacts)
    if stored.isNew { return try await store.importStatus(wanted, by: who) }
    // What was there before may be deleted by a collector that marked it a day ago.
    let (key, size) = (stored.key, sound.archive.size)
    return try await store.importStatus(wanted, by: who) { [artifacts] in
      guard try await artifacts.holds(key, size: size) else {
        throw StorageError(.integrity, "\(artifacts.storageURL(key)) vanished while it was recorded: run again")
      }
    }
  }

  // MARK: - What does not count

  /// Records a status that is older than what counts. Its archive is still taken for its own fingerprint, if the
  /// database has none for that: links to it keep working.
  private func recordOlder(_ older: MigrationCandidate, _ reason: String?) async throws {
    guard let sound = SoundCompletion(older), directories[older.source] != nil else {
      return try await store.journal([older.journalEntry(reason == nil ? .known : .superseded, reason)])
    }
    let status = older.status
    let recorded = try await store.artifact(of: status.slug, fingerprint: status.fingerprint)
    if let recorded, recorded.checksum != sound.checksum.hex {
      return try await store.journal([
        older.journalEntry(.superseded, reason),
        sound.journalEntry(.superseded, "the same inputs gave other bytes (sha256 \(recorded.checksum))"),
      ])
    }
    _ = try await take(sound, recorded: recorded)
  }

  private func spoiledOlder(_ older: MigrationCandidate, _ reason: String) async throws {
    try await store.journal([older.journalEntry(.superseded, reason)])
  }

  private func reason(of candidate: MigrationCandidate, in decision: MigrationDecision) -> String? {
    decision.findings.first { $0.source == candidate.source && $0.path == candidate.entry.file.path }?.reason
  }
}

extension ArtifactStore {
  /// Whether there is an object of this size.
  fileprivate func holds(_ key: String, size: Int64) async throws(StorageError) -> Bool {
    guard case .present(let actual, _) = try await inspect(key) else { return false }
    return actual == size
  }
}

extension StorageError {
  /// Whether other archives may fare better.
  var concernsOneArchive: Bool {
    switch kind {
    case .conflict, .integrity, .file, .invalid, .missing: true
    case .denied, .unavailable, .timeout, .configuration, .cancelled: false
    }
  }
}
