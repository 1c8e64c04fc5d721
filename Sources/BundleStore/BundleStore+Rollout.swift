internal import BundleModel
internal import Postgres

extension BundleStore {
  /// Where the move stands.
  package func rollout() async throws -> RolloutFacts {
    let goneAfter = settings.goneAfter
    return try await transaction(.repeatableReadReadOnly) { connection in
      try await Self.rollout(goneAfter, on: connection)
    }
  }

  /// Lets every pod read from the other side, unless `refusals` finds reasons against it. Either is recorded.
  ///
  /// - Parameters:
  ///   - refusals: decides by what is known at this moment; of several calls one decides after the other.
  ///   - detail: what else to record.
  package func switchReads(
    _ change: ReadSwitch, by who: String, detail: [String: String] = [:],
    refusals: @escaping @Sendable (RolloutFacts) -> [String]
  ) async throws -> SwitchAnswer {
    let goneAfter = settings.goneAfter
    let detail = try Parameter.detail(detail, of: "a \(change.rawValue)")
    return try await transaction(deadline: .seconds(20)) { connection in
      _ = try await connection.query("select bundletop_lock_reads()")
      let reasons = refusals(try await Self.rollout(goneAfter, on: connection))
      let rows = try await connection.query(
        SQLText.switchReads, [.text(change.rawValue), .who(who), .line(reasons.first), detail])
      return SwitchAnswer(refusals: reasons, hasChanged: try rows.first?.decode("changed") ?? false)
    }
  }

  /// Makes a directory known, or a step that has just ended there.
  package func note(_ source: String, path: String, host: String, step: MigrationStep?) async throws(StoreError) {
    _ = try await query(
      SQLText.noteSource, [.text(source), .line(path), .line(host), Parameter(step?.rawValue)])
  }

  private static func rollout(_ goneAfter: Duration, on connection: isolated Connection) async throws
    -> RolloutFacts
  {
    var facts = RolloutFacts()
    if let row = try await connection.query(SQLText.rolloutReads).first {
      facts.reads = ReadSide(rawValue: try row.decode("value")) ?? .directory
      facts.switched = .init(by: try row.decode("changed_by"), at: try row.decode("changed_at"))
    }
    facts.pods = try await connection.query(SQLText.rolloutPods, [.interval(goneAfter)]).map { row in
      RolloutPod(
        name: try row.decode("name"), mode: try row.decode("persistence"), directory: try row.decode("legacy_dir"),
        source: try row.decode("source"), unmigrated: try row.decode("unmigrated"),
        following: try row.decode("following"), isLive: try row.decode("is_live"),
        lastSeen: try row.decode("last_seen"))
    }
    facts.sources = try await connection.query(SQLText.rolloutSources).map { row in
      KnownDirectory(
        id: try row.decode("id"), path: try row.decode("path"), host: try row.decode("host"),
        plannedAt: try row.decode("planned_at"), ranAt: try row.decode("ran_at"),
        verifiedAt: try row.decode("verified_at"), exportedAt: try row.decode("exported_at"),
        cleanedAt: try row.decode("cleaned_at"), differences: try row.decode("differences"),
        quarantined: try row.decode("quarantined"))
    }
    return facts
  }
}
