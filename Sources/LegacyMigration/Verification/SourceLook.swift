internal import BundleModel
internal import BundleStore
internal import LegacyStore
internal import ProcessControl

/// What was found of one directory, and what that comes to.
struct SourceLook: Sendable {
  let source: MigrationSource
  let journal: [String: JournalEntry]
  var result: DirectoryLook.Result

  /// The bundles whose files differ.
  var suspects: Set<Slug> {
    Set(
      result.found.compactMap { found in
        found.suspect?.status.slug
      })
  }

  /// Looks again at the files of these bundles, with rows of now. Those that have gone are forgotten.
  func again(_ suspects: Set<Slug>, _ truth: TruthIndex, deep: Bool) async -> SourceLook {
    let look = DirectoryLook(
      directory: source, truth: truth, journal: journal, deep: deep, cancelled: CancelFlag(), progress: { _ in })
    let before = result
    let after = await DetachedThread.value {
      var after = DirectoryLook.Result(defects: before.defects)
      after.found = before.found.compactMap { found in
        guard let suspect = found.suspect, suspects.contains(found.slug) else { return found }
        // The older map is written by nobody any more.
        if found.file.isMember { return look.look(suspect) }
        do throws(LegacyError) {
          guard let item = try source.directory.entry(slug: found.slug) else { return nil }
          switch item {
          case .entry(let entry) where entry.file.path == found.file.path: return look.look(entry)
          case .entry: return look.look(suspect)
          case .defect(let defect):
            after.defects.append(defect)
            return nil
          }
        } catch {
          return found
        }
      }
      return after
    }
    return SourceLook(source: source, journal: journal, result: after)
  }

  var differences: [MigrationDifference] {
    result.found.compactMap { found in
      guard case .differs(let kind, let reason) = found.verdict else { return nil }
      return MigrationDifference(
        kind: kind, source: source.id, path: found.file.path, slug: found.slug, reason: reason)
    }
  }

  var quarantined: [VerificationReport.Quarantined] {
    let defects = result.defects.map { defect in
      VerificationReport.Quarantined(
        source: source.id, path: defect.path, slug: defect.slug, reason: "\(defect.kind.rawValue): \(defect.reason)"
      )
    }
    return result.found.reduce(into: defects) { list, found in
      let (file, slug) = (found.file, found.slug)
      if case .quarantined(let reason) = found.verdict {
        list.append(.init(source: source.id, path: file.path, slug: slug, reason: reason))
      } else if let reason = found.archiveQuarantine {
        list.append(
          .init(source: source.id, path: found.archive?.path ?? file.path, slug: slug, reason: reason))
      }
    }
  }

  /// The files that may be forgotten: what they say is in the database, what they hold is in the object store.
  func proved(with objects: ObjectFindings) -> [JournalEntry] {
    var entries: [JournalEntry] = []
    var archives: Set<String> = []
    for found in result.found {
      func entry(_ file: LegacyFile, _ kind: JournalEntry.Kind, _ outcome: JournalEntry.Outcome) -> JournalEntry {
        JournalEntry(
          source: source.id, path: file.path, kind: kind, size: file.size, modifiedAt: file.modifiedAt,
          checksum: file.checksum, slug: found.slug, fingerprint: found.fingerprint, outcome: outcome)
      }
      let isObjectGood = found.artifact.map { objects.bad[$0.id] == nil } ?? true
      switch found.verdict {
      case .same where isObjectGood: entries.append(entry(found.file, .status, .known))
      case .superseded: entries.append(entry(found.file, .status, .superseded))
      default: continue
      }
      if let file = found.archive, found.isArchiveStored, isObjectGood, archives.insert(file.path).inserted {
        var archive = entry(file, .archive, .known)
        archive.storageKey = found.artifact?.storageKey
        entries.append(archive)
      }
    }
    return entries
  }

  var counts: VerificationReport.Source {
    var counts = VerificationReport.Source(id: source.id, path: source.directory.path)
    counts.statuses = result.found.count
    counts.quarantined = quarantined.count
    for found in result.found {
      switch found.verdict {
      case .same: counts.same += 1
      case .superseded: counts.superseded += 1
      case .differs: counts.different += 1
      case .quarantined: break
      }
      if found.archive != nil { counts.archives += 1 }
      if found.isArchiveStored { counts.stored += 1 }
      counts.bytesRead += found.bytesRead
    }
    return counts
  }
}
