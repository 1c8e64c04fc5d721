package import ArtifactStorage
internal import BundleModel
package import BundleStore
internal import LegacyStore
internal import ProcessControl

/// Holds directories, rows and objects against each other, and notes what it proved.
///
/// Rows are read in one snapshot that is closed before anything large is read; what seems to differ is looked at again
/// with rows of that moment, because pods go on working meanwhile.
package struct MigrationVerifier: Sendable {
  private let store: BundleStore
  private let artifacts: any ArtifactStore
  private let deep: Bool
  private let concurrency: Int
  private let host: String

  /// - Parameters:
  ///   - deep: read every byte, of archives and of objects.
  ///   - concurrency: how many objects to look at at once.
  ///   - host: where the directories are, for whoever reads of them elsewhere.
  package init(
    store: BundleStore, artifacts: any ArtifactStore, deep: Bool, concurrency: Int = 16, host: String
  ) {
    self.store = store
    self.artifacts = artifacts
    self.deep = deep
    self.concurrency = concurrency
    self.host = host
  }

  /// How often something that differs is looked at before it counts: a pod may write in between.
  static let looks = 3

  package func verify(
    _ sources: [MigrationSource], observer: @escaping MigrationObserver = { _ in }
  ) async throws -> VerificationReport {
    for source in sources {
      try await store.beginVerify(source.id, path: source.wholePath, host: host)
    }
    let truth = try await store.truth()
    let index = TruthIndex(truth)
    var looks: [SourceLook] = []
    var files = 0
    for source in sources {
      let before = files
      let look = try await read(source, index) { observer(MigrationProgress("reading", done: before + $0)) }
      files += look.result.found.count + look.result.defects.count
      looks.append(look)
    }
    let objects = try await compare(truth.artifacts) { count, bytes in
      observer(MigrationProgress("looking at objects", done: count, total: truth.artifacts.count, bytes: bytes))
    }
    var recheck = Recheck(
      looks: looks, objects: objects, rows: index.differences, store: store, artifacts: artifacts, deep: deep)
    for _ in 1..<Self.looks where try await recheck.again() {}

    var report = recheck.report()
    report.isDeep = deep
    report.rows = truth.statuses.count
    report.completed = truth.statuses.count { $0.state == .completed }
    report.artifacts = truth.artifacts.count
    try await note(recheck, report)
    return report
  }

  /// Writes down what was proved. A directory with anything that differs keeps the proof of the rest: `clean` asks for
  /// a directory without differences all the same.
  private func note(_ recheck: Recheck, _ report: VerificationReport) async throws {
    for look in recheck.looks {
      let id = look.source.id
      try await store.noteVerified(look.proved(with: recheck.objects), of: id)
      try await store.endVerify(
        id, differences: report.differences(of: id), quarantined: report.quarantined(of: id))
    }
  }

  private func read(
    _ source: MigrationSource, _ index: TruthIndex, progress: @escaping @Sendable (Int) -> Void
  ) async throws -> SourceLook {
    var journal: [String: JournalEntry] = [:]
    var last: String?
    while true {
      let page = try await store.journalEntries(of: source.id, after: last, limit: 2_000)
      for entry in page { journal[entry.path] = entry }
      guard let end = page.last, page.count == 2_000 else { break }
      last = end.path
    }
    let cancelled = CancelFlag()
    let look = DirectoryLook(
      directory: source, truth: index, journal: journal, deep: deep, cancelled: cancelled, progress: progress)
    let result = try await withTaskCancellationHandler {
      try await DetachedThread.value { () throws(MigrationReadingFailure) in
        do { return try look.read() } catch { throw MigrationReadingFailure(error) }
      }
    } onCancel: {
      cancelled.set()
    }
    return SourceLook(source: source, journal: journal, result: result)
  }

  /// Looks at every object, so many at once.
  private func compare(_ all: [Artifact], progress: (Int, Int64) -> Void) async throws -> ObjectFindings {
    var findings = ObjectFindings()
    try await withThrowingTaskGroup(of: (Artifact, ObjectFindings.Finding).self) { group in
      var waiting = all.makeIterator()
      for _ in 0..<concurrency {
        guard let artifact = waiting.next() else { break }
        group.addTask { (artifact, try await artifacts.finding(artifact, deep: deep)) }
      }
      var count = 0
      while let (artifact, finding) = try await group.next() {
        findings.take(finding, of: artifact)
        count += 1
        progress(count, findings.bytesRead)
        if let artifact = waiting.next() {
          group.addTask { (artifact, try await artifacts.finding(artifact, deep: deep)) }
        }
      }
    }
    return findings
  }
}

/// Keeps the error of a reading that ran on a thread of its own.
struct MigrationReadingFailure: Error {
  let error: any Error
  init(_ error: any Error) { self.error = error }
}
