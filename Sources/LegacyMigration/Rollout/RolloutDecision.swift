internal import BundleModel
package import BundleStore

/// Whether reads may be switched: what is known goes in, the reasons against it come out, each one clear sentence.
package enum RolloutDecision {
  /// Every reason against a switch, the first one first; empty when there is none, or nothing is to be switched.
  ///
  /// - Parameter acceptsQuarantine: for a cutover: what could not be taken may stay behind.
  package static func refusals(
    of change: ReadChange, _ facts: RolloutFacts, acceptsQuarantine: Bool = false
  ) -> [String] {
    guard facts.reads != change.side else { return [] }
    switch change {
    case .cutover: return cutover(facts, acceptsQuarantine: acceptsQuarantine)
    case .cutback: return cutback(facts)
    }
  }

  // MARK: - To the database

  private static func cutover(_ facts: RolloutFacts, acceptsQuarantine: Bool) -> [String] {
    let live = facts.pods.filter(\.isLive)
    var reasons = live.compactMap { pod -> String? in
      guard let mode = PersistenceMode(rawValue: pod.mode), mode != .filesystem else {
        return
          "pod \(name(pod)) is in mode \(word(pod.mode)) and writes to its directory alone: start it again with "
          + "APPHUB_BUNDLE_PERSISTENCE=dual"
      }
      return nil
    }
    let known = Dictionary(facts.sources.map { ($0.id, $0) }) { first, _ in first }
    for pod in live where pod.mode != PersistenceMode.filesystem.rawValue {
      switch pod.source {
      case let id? where known[id] == nil:
        reasons.append(
          "directory \(word(id)) of pod \(name(pod)) was never verified: run `bundletop migrate verify` there")
      case nil where pod.mode == PersistenceMode.dual.rawValue:
        reasons.append("pod \(name(pod)) has not published the id of its directory yet: try again in a moment")
      default: break
      }
    }
    let concerned = facts.sources.filter { isConcerned($0, by: live) }
    reasons += concerned.compactMap { refusal($0, acceptsQuarantine: acceptsQuarantine) }
    if concerned.isEmpty, reasons.isEmpty {
      reasons.append("no directory was ever verified for this database: run `bundletop migrate verify` first")
    }
    return reasons.uniqued
  }

  /// A directory that was only ever written from the database has nothing to prove, unless a pod reads from it.
  private static func isConcerned(_ source: KnownDirectory, by live: [RolloutPod]) -> Bool {
    !source.isCopy || live.contains { $0.source == source.id }
  }

  private static func refusal(_ source: KnownDirectory, acceptsQuarantine: Bool) -> String? {
    let place = "directory \(word(source.id)) (\(word(source.path)) on \(word(source.host)))"
    guard let verified = source.verifiedAt, let differences = source.differences else {
      return "\(place) was never verified: run `bundletop migrate verify` there"
    }
    if let ran = source.ranAt, ran > verified {
      return "\(place) was not verified since the last run: run `bundletop migrate verify` there"
    }
    if differences > 0 {
      return "\(place) has \(count(differences, "difference")) from the database: `bundletop migrate verify` lists "
        + "them, `bundletop migrate run` takes over what is newer"
    }
    let quarantined = source.quarantined ?? 0
    if quarantined > 0, !acceptsQuarantine {
      return "\(place) holds \(count(quarantined, "quarantined file")) that could not be taken: look at "
        + "`bundletop migrate verify`, then say --accept-quarantine if they may stay behind"
    }
    return nil
  }

  // MARK: - And back

  private static func cutback(_ facts: RolloutFacts) -> [String] {
    let live = facts.pods.filter(\.isLive)
    var reasons: [String] = []
    for pod in live {
      switch PersistenceMode(rawValue: pod.mode) {
      case .database:
        reasons.append(
          "pod \(name(pod)) is in mode database and keeps no directory: run `bundletop migrate export` into one, then "
            + "start it again with APPHUB_BUNDLE_PERSISTENCE=dual")
      case .dual:
        if pod.following?.isInStep != true {
          reasons.append(
            "the directory of pod \(name(pod)) is not in step with the database"
              + (pod.following.map { " (\(word($0)))" } ?? "") + ": wait, or see `bundletop migrate status`")
        }
      case .filesystem: break
      case nil: reasons.append("pod \(name(pod)) is in mode \(word(pod.mode)), which this version does not know")
      }
    }
    // While a pod ran without a directory nobody wrote to that, whoever keeps it now.
    let alone = facts.pods.filter { $0.mode == PersistenceMode.database.rawValue && !$0.isLive }
    if let last = alone.max(by: { $0.lastSeen < $1.lastSeen }), isSinceSwitch(last, facts) {
      let exported = Set(facts.sources.filter { $0.exportedAt.map { $0 >= last.lastSeen } ?? false }.map(\.id))
      for pod in live where pod.mode == PersistenceMode.dual.rawValue {
        guard let id = pod.source, !exported.contains(id) else { continue }
        reasons.append(
          "directory \(word(id)) of pod \(name(pod)) was not exported to since pod \(name(last)) ran in mode database: "
            + "run `bundletop migrate export` into it first")
      }
    }
    return reasons.uniqued
  }

  private static func isSinceSwitch(_ pod: RolloutPod, _ facts: RolloutFacts) -> Bool {
    facts.switched.map { pod.lastSeen >= $0.at } ?? true
  }

  // MARK: - Words

  private static func name(_ pod: RolloutPod) -> String { word(pod.name) }

  private static func word(_ text: String) -> String { UntrustedText.line(text, limit: 120) }

  private static func count(_ number: Int, _ what: String) -> String {
    "\(number) \(what)\(number == 1 ? "" : "s")"
  }
}

extension String {
  /// Whether a pod's `following` says that its directory holds what the database held a moment ago.
  var isInStep: Bool { hasPrefix("in step") }
}

extension [String] {
  /// Each once, in order.
  fileprivate var uniqued: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}
