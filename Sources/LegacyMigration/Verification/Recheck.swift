internal import ArtifactStorage
internal import BundleModel
internal import BundleStore

/// What was found so far, and another look at what seems to differ.
struct Recheck {
  private(set) var looks: [SourceLook]
  private(set) var objects: ObjectFindings
  /// What differs between rows alone.
  private var rows: [MigrationDifference]
  private let store: BundleStore
  private let artifacts: any ArtifactStore
  private let deep: Bool

  init(
    looks: [SourceLook], objects: ObjectFindings, rows: [MigrationDifference], store: BundleStore,
    artifacts: any ArtifactStore, deep: Bool
  ) {
    self.looks = looks
    self.objects = objects
    self.rows = rows
    self.store = store
    self.artifacts = artifacts
    self.deep = deep
  }

  /// Looks again at what differs, with rows of now. False: nothing does.
  mutating func again() async throws -> Bool {
    let files = looks.reduce(into: Set<Slug>()) { $0.formUnion($1.suspects) }
    let suspects = files.union(rows.map(\.slug)).union(objects.bad.values.map(\.artifact.slug))
    guard !suspects.isEmpty else { return false }
    let truth = try await store.truth(of: suspects.sorted())
    let index = TruthIndex(truth)
    rows = index.differences
    for (position, look) in looks.enumerated() where !look.suspects.isEmpty {
      looks[position] = await look.again(look.suspects, index, deep: deep)
    }
    let now = Dictionary(truth.artifacts.map { ($0.id, $0) }) { first, _ in first }
    for (id, bad) in objects.bad {
      guard let artifact = now[id] else {
        objects.forget(bad.artifact)
        continue
      }
      objects.take(try await artifacts.finding(artifact, deep: deep), of: artifact)
    }
    return true
  }

  func report() -> VerificationReport {
    var report = VerificationReport()
    report.sources = looks.map(\.counts)
    report.objects = objects.good
    report.bytesRead = objects.bytesRead
    report.differences = (looks.flatMap(\.differences) + rows + objects.differences).sorted {
      ($0.source ?? "", $0.slug.text, $0.path ?? "", $0.kind.rawValue)
        < ($1.source ?? "", $1.slug.text, $1.path ?? "", $1.kind.rawValue)
    }
    report.quarantined = looks.flatMap(\.quarantined).sorted {
      ($0.source, $0.path, $0.reason) < ($1.source, $1.path, $1.reason)
    }
    return report
  }
}
