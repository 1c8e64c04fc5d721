internal import BundleModel
internal import LegacyStore
internal import ProcessControl

/// Some bundles, read from their directories, with their archives looked up and hashed.
struct MigrationBatch: Sendable {
  /// One group a bundle, in the order of the survey; a group is empty when its files vanished meanwhile.
  private(set) var candidates: [[(source: Int, candidate: MigrationCandidate)]] = []
  /// Of files that were statuses when the survey was made and are none any more.
  private(set) var findings: [MigrationFinding] = []
  private(set) var progress: MigrationProgress
  /// The position in the survey at which the next batch begins.
  private(set) var end: Int

  /// Bundles, and bytes of status files, of one batch: it ends with the bundle that reaches either. Errors of failed
  /// builds can be long.
  private static let most = (bundles: 256, bytes: 2 << 20)

  /// Blocks.
  init(
    _ survey: MigrationSurvey, from start: Int, _ sources: [MigrationSource],
    known: MigrationCourse.KnownChecksum, cancel: CancelFlag, progress: MigrationProgress,
    observer: MigrationObserver
  ) throws {
    self.progress = progress
    end = start
    var bytes: Int64 = 0
    while end < survey.places.count {
      if cancel.isSet { throw CancellationError() }
      let place = survey.places[end]
      if end == start || survey.places[end - 1].slug != place.slug {
        guard candidates.count < Self.most.bundles, bytes < Self.most.bytes else { return }
        candidates.append([])
        self.progress.done += 1
        observer(self.progress)
      }
      end += 1
      let source = Int(place.source)
      guard let entry = try entry(at: place, in: survey, sources[source]) else { continue }
      if !entry.isMember { bytes += entry.file.size }
      let archive = archive(
        of: entry.status, in: sources[source], known: known, cancel: cancel, observer: observer)
      if cancel.isSet { throw CancellationError() }
      let candidate = MigrationCandidate(source: sources[source].id, entry: entry, archive: archive)
      candidates[candidates.count - 1].append((source, candidate))
    }
  }

  private mutating func entry(
    at place: MigrationSurvey.Place, in survey: MigrationSurvey, _ source: MigrationSource
  ) throws(MigrationError) -> LegacyEntry? {
    guard place.kept < 0 else { return survey.kept[Int(place.kept)] }
    do throws(LegacyError) {
      switch try source.directory.entry(slug: place.slug) {
      case .entry(let entry): return entry
      case .defect(let defect):
        findings.append(MigrationFinding(defect, in: source.id))
        return nil
      case nil: return nil
      }
    } catch {
      throw MigrationError(error)
    }
  }

  private mutating func archive(
    of status: LegacyStatus, in source: MigrationSource, known: MigrationCourse.KnownChecksum, cancel: CancelFlag,
    observer: MigrationObserver
  ) -> MigrationCandidate.ArchiveFact {
    guard status.state == .completed else { return .none }
    switch source.directory.archive(of: status) {
    case .missing: return .missing
    case .unsafe(let reason): return .unsafe(reason)
    case .unreadable(let reason): return .unreadable(reason)
    case .found(let archive):
      if let checksum = known(source.id, archive) { return .found(archive, checksum) }
      do throws(LegacyError) {
        let before = progress
        let checksum = try source.directory.open(archive).checksum { bytes throws(LegacyError) in
          if cancel.isSet { throw LegacyError(.changed, "interrupted") }
          var progress = before
          progress.bytes += bytes
          observer(progress)
        }
        progress.bytes += archive.size
        return .found(archive, checksum)
      } catch {
        return .unreadable(error.message)
      }
    }
  }
}
