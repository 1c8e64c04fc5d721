import BundleModel
import BundleStore
internal import Glibc
import LegacyMigration
import LegacyStore
import Postgres
import ProcessControl
import Synchronization
import TestSupport
import Testing

/// Courses over real directories, against a real database.
@Suite struct MigrationCourseTests {
  /// A database with our schema and a store on it.
  private func withStore(_ body: (BundleStore) async throws -> Void) async throws {
    let database = try await TestDatabase.create()
    let settings = try ConnectionSettings(url: database.url)
    _ = try await Schema(settings).apply()
    let store = BundleStore(settings)
    do {
      try await body(store)
      await store.close()
    } catch {
      await store.close()
      throw error
    }
  }

  private func status(_ slug: String, stage: String = "failed", minute: Int = 0, more: String = "") -> String {
    """
    {"slug": "\(slug)", "fingerprint": "f", "stage": "\(stage)", "state": "\(stage)", \(more)
     "updatedAt": "2025-01-01T00:\(minute < 10 ? "0" : "")\(minute):00.000Z", "createdAt": "2025-01-01T00:00:00.000Z"}
    """
  }

  private func source(_ folder: TemporaryDirectory, _ id: String = "a") -> MigrationSource {
    MigrationSource(id: id, directory: LegacyDirectory(path: folder.path))
  }

  /// More than one batch, from two directories: each bundle comes once, in order, whole.
  @Test func eachBundleComesOnceAndInOrder() async throws {
    let (one, two) = (try TemporaryDirectory(), try TemporaryDirectory())
    for number in 0..<600 { try one.write(status("b\(number)"), to: "status/b\(number).json") }
    for number in 400..<700 { try two.write(status("b\(number)", minute: 1), to: "status/b\(number).json") }
    try await withStore { store in
      var slugs: [Slug] = []
      var winners: [String: Int] = [:]
      var superseded = 0
      let ending = try await MigrationCourse([source(one, "one"), source(two, "two")], store: store).run { some in
        for decision in some {
          slugs.append(decision.slug)
          winners[decision.winner.source, default: 0] += 1
          superseded += decision.findings.count { $0.kind == .superseded }
        }
      }
      #expect(slugs.count == 700 && slugs == slugs.sorted() && Set(slugs).count == 700)
      #expect(winners == ["one": 400, "two": 300])
      #expect(superseded == 200)
      #expect(ending.counts.map(\.files) == [600, 300] && ending.defects == [])
      #expect(ending.counts.map { $0.states[.failed] } == [600, 300])
    }
  }

  /// A pod of before is still at work in the directory.
  @Test func filesMayChangeMeanwhile() async throws {
    let folder = try TemporaryDirectory()
    for slug in ["gone", "newer", "spoilt", "same"] { try folder.write(status(slug), to: "status/\(slug).json") }
    let isChanged = Mutex(false)
    try await withStore { store in
      var decisions: [Slug: MigrationDecision] = [:]
      let observer: MigrationObserver = { progress in
        guard progress.phase == "comparing" else { return }
        isChanged.withLock { isChanged in
          guard !isChanged else { return }
          isChanged = true
          _ = try? folder.write(status("newer", stage: "queued", minute: 5), to: "status/newer.json")
          _ = try? folder.write("{", to: "status/spoilt.json")
          unlink("\(folder.path)/status/gone.json")
        }
      }
      let course = MigrationCourse([source(folder)], store: store, observer: observer)
      let ending = try await course.run { for one in $0 { decisions[one.slug] = one } }
      #expect(Set(decisions.keys.map(\.text)) == ["newer", "same"])
      #expect(decisions[Slug("newer")!]?.verdict == .fail("interrupted before migration"))
      #expect(ending.defects.map(\.path) == ["status/spoilt.json"])
      #expect(ending.defects.map(\.kind) == [.invalid])
    }
  }

  /// Who knows an archive's checksum from before need not read it again.
  @Test func whatIsKnownIsNotReadAgain() async throws {
    let folder = try TemporaryDirectory()
    let known = Claims.checksum("what the journal says")
    try folder.write(
      status("x", stage: "completed", more: #""filename": "x.tgz", "checksum": "\#(known.hex)","#),
      to: "status/x.json")
    try folder.write("other bytes", to: "artifacts/x/f/x.tgz")
    try await withStore { store in
      var verdicts: [MigrationDecision.Verdict] = []
      let trusting = MigrationCourse(
        [source(folder)], store: store,
        known: { source, archive in
          source == "a" && archive.path == "artifacts/x/f/x.tgz" && archive.size == 11 ? known : nil
        })
      _ = try await trusting.run { verdicts += $0.map(\.verdict) }
      #expect(verdicts == [.take])
      let plan = try await MigrationPlan.make([source(folder)], store: store)
      #expect(plan.findings.map(\.kind) == [.checksumMismatch])
      #expect(plan.outcomes.quarantined == 1 && plan.outcomes.bundles == 1)
    }
  }

  @Test func cancellingEndsItSoon() async throws {
    let folder = try TemporaryDirectory()
    for number in 0..<300 { try folder.write(status("b\(number)"), to: "status/b\(number).json") }
    try await withStore { store in
      let course = MigrationCourse([source(folder)], store: store)
      let task = Task {
        try await course.run { _ in
          withUnsafeCurrentTask { $0?.cancel() }
        }
      }
      await #expect(throws: CancellationError.self) { _ = try await task.value }
    }
  }

  /// Its directory vanishes: that is an error, and not a plan without findings.
  @Test func aDirectoryThatCannotBeReadIsAnError() async throws {
    let folder = try TemporaryDirectory()
    let gone = MigrationSource(id: "a", directory: LegacyDirectory(path: folder.path + "/nowhere"))
    try await withStore { store in
      await #expect(throws: MigrationError.self) { _ = try await MigrationPlan.make([gone], store: store) }
    }
  }

  // MARK: - Sources

  @Test func aDirectoryKeepsTheIDThatItGets() async throws {
    let folder = try TemporaryDirectory()
    let first = try MigrationSource.open([folder.path])[0]
    #expect(!first.hasID && first.id == folder.path)
    #expect(!TestFile.exists(folder.path + "/.bundletop-source"))
    let named = try first.established()
    #expect(named.hasID && named.id.hasPrefix("dir-"))
    #expect(try MigrationSource.open([folder.path]) == [named])
    #expect(try named.established() == named)
    // A name that a person gives goes before, and nothing is written for it.
    #expect(try MigrationSource.open([folder.path], names: ["copy"]).map(\.id) == ["copy"])
    #expect(try MigrationSource.open([folder.path])[0].id == named.id)
  }

  /// Two programs meet the same directory at once: both take the id that was there first.
  @Test func whoComesSecondTakesTheIDThatIsThere() throws {
    let folder = try TemporaryDirectory()
    let (one, two) = (try MigrationSource.open([folder.path])[0], try MigrationSource.open([folder.path])[0])
    let first = try one.established()
    #expect(try two.established() == first)
  }
}
