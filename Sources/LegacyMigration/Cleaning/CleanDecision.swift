internal import BundleModel
package import BundleStore
package import LegacyStore

/// Which files of a directory may go: values go in, a verdict comes out.
package enum CleanDecision {
  package enum Verdict: Equatable, Sendable {
    /// It is what verify proved.
    case remove
    /// Why it stays, in one line.
    case keep(String)
    /// It is not there any more.
    case gone
  }

  /// Why nothing may be removed from a directory, in one sentence; nil when it may.
  package static func refusal(_ source: String, _ facts: RolloutFacts) -> String? {
    let id = UntrustedText.line(source, limit: 120)
    guard facts.reads == .database else {
      return "pods still read from their directories: `bundletop migrate cutover` comes before `clean`"
    }
    if let pod = facts.pods.first(where: {
      $0.isLive && $0.source == source && $0.mode != PersistenceMode.database.rawValue
    }) {
      return "pod \(UntrustedText.line(pod.name, limit: 120)) still writes to directory \(id) in mode "
        + "\(UntrustedText.line(pod.mode, limit: 40)): start it again with APPHUB_BUNDLE_PERSISTENCE=database first"
    }
    guard let known = facts.sources.first(where: { $0.id == source }), known.verifiedAt != nil,
      let differences = known.differences
    else { return "directory \(id) was never verified: run `bundletop migrate verify` first" }
    if let ran = known.ranAt, let verified = known.verifiedAt, ran > verified {
      return "directory \(id) was not verified since the last run: run `bundletop migrate verify` first"
    }
    guard differences == 0 else {
      return "directory \(id) has \(differences) difference\(differences == 1 ? "" : "s") from the database: "
        + "`bundletop migrate verify` lists them"
    }
    return nil
  }

  /// What becomes of a file that verify proved.
  ///
  /// - Parameter found: as it is now; nil when there is none.
  package static func verdict(_ proved: ProvedFile, found: LegacyFile?) -> Verdict {
    guard let found else { return .gone }
    guard proved.isHeld else { return .keep("the database does not hold what proved it any more") }
    guard found.size == proved.size else {
      return .keep("it has \(found.size) bytes, proved were \(proved.size)")
    }
    guard found.modifiedAt == proved.modifiedAt else { return .keep("it was written since it was proved") }
    guard found.checksum == proved.checksum else { return .keep("its bytes are not those that were proved") }
    return .remove
  }

  /// What becomes of the older map: all of its members must be proved, for it goes as a whole.
  ///
  /// - Parameters:
  ///   - proved: those of its members that verify proved.
  ///   - members: the names of all, as they are now.
  package static func verdict(map proved: [ProvedFile], members: [String], found: LegacyFile?) -> Verdict {
    guard let found else { return .gone }
    let known = Set(proved.map(\.path))
    let missing = members.filter { !known.contains($0) }
    guard missing.isEmpty else {
      return .keep("\(missing.count) of its \(members.count) members were not proved")
    }
    for member in proved {
      let verdict = verdict(member, found: found)
      if verdict != .remove { return verdict }
    }
    return proved.isEmpty ? .keep("nothing of it was proved") : .remove
  }
}
