package import BundleModel
package import BundleStore
package import LegacyStore
internal import ProcessControl

/// What is left of AppHub's old store on a pod's disk.
package struct LegacyFindings: Equatable, Sendable {
  /// Statuses on disk that the database does not know, or knows older.
  package var unmigrated = 0
  /// Statuses on disk that are in the database.
  package var leftovers = 0
  /// Status files that nobody can read or understand: they were not moved.
  package var unreadable = 0
  /// The old folder of archives holds something.
  package var hasArchives = false
  /// Only part was looked at.
  package var isCut = false
  /// How the pod uses the folder.
  package var mode = PersistenceMode.database
  /// The folder, or the database to compare with, could not be read.
  package var problem: Problem?

  package enum Problem: Equatable, Sendable {
    case folder, database, late
  }

  package init() {}

  /// What to say of it.
  package var check: HealthCheck {
    let name = "legacyData:files"
    // Where files are written there are always some.
    let count = Double(unmigrated + unreadable + (mode == .database ? leftovers : 0))
    func warn(_ message: String) -> HealthCheck { HealthCheck(name, .warn, value: count, unit: "files", message) }
    let more = isCut ? " or more" : ""
    switch problem {
    case .folder: return warn("the folder of AppHub's old store cannot be read: what is in it was not moved")
    case .database, .late:
      return HealthCheck(name, .warn, "what is left of AppHub's old store on disk is not known at the moment")
    case nil: break
    }
    // Files that are the store itself are not left of anything.
    guard mode != .filesystem else { return HealthCheck(name, value: 0, unit: "files") }
    if unmigrated + unreadable > 0 {
      let broken = unreadable > 0 ? ", \(unreadable) of them unreadable" : ""
      return warn(
        "not migrated: \(unmigrated + unreadable)\(more) statuses of AppHub's old store on disk are not in the "
          + "database\(broken): run `bundletop migrate run`")
    }
    if mode == .database, leftovers > 0 || hasArchives {
      let archives = hasArchives ? "archives" : ""
      let files = leftovers > 0 ? "\(leftovers)\(more) status files" : ""
      return warn(
        "migrated, leftovers: \([files, archives].filter { !$0.isEmpty }.joined(separator: " and ")) of AppHub's old "
          + "store are still on disk: `bundletop migrate clean` removes them")
    }
    return HealthCheck(name, value: 0, unit: "files")
  }
}

/// Looks at AppHub's old store now and then: never more than so many files, never throws.
package struct LegacyWatch: Sendable {
  private let mode: PersistenceMode
  private let probe: Probe<LegacyFindings>

  /// - Parameters:
  ///   - mode: how the pod uses the directory.
  ///   - liveStore: where archives are kept now, when that is a folder: it is not old.
  package init(
    _ directory: LegacyDirectory, mode: PersistenceMode = .database, store: BundleStore, liveStore: String? = nil
  ) {
    self.init(
      mode: mode, scan: { directory.scan(liveStore: liveStore) },
      countKnown: { files in try await store.countKnown(files) })
  }

  init(
    mode: PersistenceMode = .database, scan: @escaping @Sendable () -> LegacyScan?,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    countKnown: @escaping @Sendable ([StatusOnDisk]) async throws -> Int
  ) {
    self.mode = mode
    probe = Probe(
      deadline: PodHealth.Patience.legacy, freshness: PodHealth.Patience.freshLegacy, keepsLateAnswers: true,
      now: now
    ) {
      let scan = await DetachedThread.value { scan() }
      var findings = LegacyFindings()
      findings.mode = mode
      guard let scan else { return findings }
      findings.unreadable = scan.unreadable
      findings.hasArchives = scan.hasArchives
      findings.isCut = scan.isCut
      guard scan.isReadable else {
        findings.problem = .folder
        return findings
      }
      do {
        findings.leftovers = try await countKnown(scan.entries)
        findings.unmigrated = scan.entries.count - findings.leftovers
      } catch {
        findings.problem = .database
      }
      return findings
    }
  }

  /// What is there, at most 30 s ago.
  package func look() async -> LegacyFindings {
    if case .success(let findings) = await probe.look().answer { return findings }
    var findings = LegacyFindings()
    (findings.mode, findings.problem) = (mode, .late)
    return findings
  }
}
