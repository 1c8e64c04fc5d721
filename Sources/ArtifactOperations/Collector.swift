package import ArtifactStorage
package import BundleModel
package import BundleStore

/// Looks for what nobody names, marks it, and deletes what was marked long enough ago.
package struct Collector: Sendable {
  private let store: BundleStore
  private let artifacts: any ArtifactStore
  /// Nil: no row is retired.
  private let rule: RetirementRule?
  private let who: String

  /// - Parameters:
  ///   - rule: nil retires no row.
  ///   - who: the name that is recorded with what is done.
  package init(store: BundleStore, artifacts: any ArtifactStore, rule: RetirementRule?, who: String) {
    self.store = store
    self.artifacts = artifacts
    self.rule = rule
    self.who = who
  }

  /// The store that is looked through, as people and pods name it.
  package var storeIdentity: String { artifacts.identity }

  /// How long a mark must stand before what it marks is deleted: time for people to see a mistake, and far more than
  /// any attempt needs from its upload to its row.
  static let grace = Duration.seconds(86_400)

  /// Everything that there is to know before anything is done.
  package struct Findings: Sendable {
    package var retirable: [Artifact]
    package var plan: CollectionPlan
  }

  /// Looks, and refuses a store that cannot be the database's.
  package func look() async throws -> Findings {
    let elsewhere = try await store.podsElsewhere(than: artifacts.identity)
    guard elsewhere.isEmpty else {
      throw ArtifactOperationError(
        .wrongStore,
        "live pods write somewhere else than \(artifacts.identity): \(elsewhere.joined(separator: ", ")); nothing is "
          + "touched where they may not look: use their APPHUB_BUNDLE_STORAGE_* settings")
    }
    let filing = try await store.pods().filter { $0.presence == .live && $0.mode == .filesystem }
    guard filing.isEmpty else {
      throw ArtifactOperationError(
        .wrongStore,
        "\(filing.map(\.name).joined(separator: ", ")) \(filing.count == 1 ? "keeps" : "keep") archives in a directory "
          + "of AppHub's format, where files name them and no row does; nothing is deleted meanwhile")
    }
    let plan = try await plan()
    if let mismatch = plan.mismatch {
      throw ArtifactOperationError(
        .wrongStore,
        "\(artifacts.identity) is not where this database keeps its archives: \(mismatch); `bundletop verify --all` "
          + "tells what is missing")
    }
    var retirable: [Artifact] = []
    if let rule { retirable = try await store.retirable(rule) }
    return Findings(retirable: retirable, plan: plan)
  }

  private func plan() async throws -> CollectionPlan {
    let place = artifacts.prefix.isEmpty ? "" : artifacts.prefix + "/"
    let objects = try await artifacts.list(prefix: place)
    let uploads = try await artifacts.unfinishedUploads(prefix: place)
    // After the listing: what was published while it was made is named.
    let named = try await store.namedKeys()
    return CollectionPlan(
      objects: objects,
      uploads: uploads.compactMap { upload in
        upload.begun.map { Leftover(key: upload.key, upload: upload.id, size: 0, writtenAt: $0) }
      }, named: named, marks: try await store.marks(in: artifacts.identity, grace: Self.grace),
      prefix: artifacts.prefix)
  }

  /// What a run has done so far.
  package struct Done: Sendable {
    package var retired: [Artifact] = []
    package var marked: [Leftover] = []
    package var deleted: [Leftover] = []
    package var kept: [(leftover: Leftover, why: Deletion)] = []

    /// Of objects.
    var bytes: Int64 { deleted.reduce(0) { $0 + $1.size } }

    var summary: String {
      let objects = deleted.count { $0.upload == nil }
      return "retired \(retired.count), marked \(marked.count), deleted \(objects) (\(HumanText.size(bytes))), "
        + "aborted \(deleted.count - objects) uploads"
    }
  }

  /// Does it, and writes into the audit what was done, also when it ends early.
  package func apply(_ findings: Findings) async throws -> Done {
    var done = Done()
    do {
      try await apply(findings, &done)
    } catch {
      let reason = CommandFailure(explaining: error)?.message ?? "\(error)"
      try? await record(done, "\(done.summary); stopped: \(reason)")
      throw error
    }
    try await record(done, done.summary)
    return done
  }

  private func apply(_ findings: Findings, _ done: inout Done) async throws {
    if let rule {
      for artifact in findings.retirable where try await store.retire(artifact, rule, by: who) {
        done.retired.append(artifact)
      }
    }
    // Once more: what was retired is a leftover now, and whoever was asked took their time.
    let plan = try await plan()
    let due = Set(findings.plan.due.map(\.leftover))
    try await store.unmark(plan.obsolete, in: artifacts.identity)
    let fresh = plan.items.filter { $0.verdict == .fresh }.map(\.leftover)
    _ = try await store.mark(fresh, in: artifacts.identity, by: who)
    done.marked = fresh
    // No more than what was agreed to.
    let still = plan.due.filter { due.contains($0.leftover) }
    done.kept = due.subtracting(still.map(\.leftover)).map { ($0, .changed) }
    for mark in still {
      let end = try await store.delete(mark, in: artifacts.identity, grace: Self.grace) { [artifacts] in
        try await Collector.remove(mark.leftover, from: artifacts)
      }
      if end == .deleted { done.deleted.append(mark.leftover) } else { done.kept.append((mark.leftover, end)) }
    }
  }

  /// False when it is not there any more as it was marked.
  private static func remove(_ leftover: Leftover, from artifacts: any ArtifactStore) async throws -> Bool {
    guard let upload = leftover.upload else {
      let found = try await artifacts.list(prefix: leftover.key).first { $0.key == leftover.key }
      guard let found, found.size == leftover.size, found.lastModified == leftover.writtenAt else { return false }
      try await artifacts.delete(leftover.key)
      return true
    }
    let found = try await artifacts.unfinishedUploads(prefix: leftover.key).first { $0.id == upload }
    guard let found, found.key == leftover.key else { return false }
    try await artifacts.abort(found)
    return true
  }

  private func record(_ done: Done, _ result: String) async throws {
    var detail = [
      "store": artifacts.identity, "retired": "\(done.retired.count)", "marked": "\(done.marked.count)",
      "deleted": "\(done.deleted.count { $0.upload == nil })", "bytes": "\(done.bytes)",
      "aborted": "\(done.deleted.count { $0.upload != nil })", "kept": "\(done.kept.count)",
    ]
    detail["keep"] = rule.map { "\($0.keep)" }
    detail["olderThanSeconds"] = rule.map { "\($0.olderThan.components.seconds)" }
    try await store.audit("gc", slug: nil, by: who, result: result, detail: detail)
  }
}
