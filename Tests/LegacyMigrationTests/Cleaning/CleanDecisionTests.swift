import BundleModel
import BundleStore
import LegacyMigration
import LegacyStore
import Testing

@Suite("Which files may go")
struct CleanDecisionTests {
  private static let proved = ProvedFile(
    path: "status/alpha.json", kind: .status, size: 400, modifiedAt: Claims.moment(0),
    checksum: Claims.checksum("x"), slug: Claims.slug, isHeld: true)
  private static let found = LegacyFile(
    path: "status/alpha.json", size: 400, modifiedAt: Claims.moment(0), checksum: Claims.checksum("x"))

  @Test("Exactly what was proved goes; whatever differs stays, and says why")
  func verdicts() {
    #expect(CleanDecision.verdict(Self.proved, found: Self.found) == .remove)
    #expect(CleanDecision.verdict(Self.proved, found: nil) == .gone)
    var found = Self.found
    found.size = 401
    #expect(CleanDecision.verdict(Self.proved, found: found) == .keep("it has 401 bytes, proved were 400"))
    found = Self.found
    found.modifiedAt = Timestamp(microseconds: found.modifiedAt.microseconds + 1)
    #expect(CleanDecision.verdict(Self.proved, found: found) == .keep("it was written since it was proved"))
    found = Self.found
    found.checksum = Claims.checksum("y")
    #expect(CleanDecision.verdict(Self.proved, found: found) == .keep("its bytes are not those that were proved"))
    var gone = Self.proved
    gone.isHeld = false
    #expect(
      CleanDecision.verdict(gone, found: Self.found) == .keep("the database does not hold what proved it any more"))
  }

  @Test("The older map goes as a whole, when every member of it was proved")
  func map() {
    var a = Self.proved
    a.path = "status.json#a"
    var b = a
    b.path = "status.json#b"
    let members = ["status.json#a", "status.json#b"]
    #expect(CleanDecision.verdict(map: [a, b], members: members, found: Self.found) == .remove)
    #expect(
      CleanDecision.verdict(map: [a], members: members, found: Self.found)
        == .keep("1 of its 2 members were not proved"))
    b.checksum = Claims.checksum("y")
    #expect(
      CleanDecision.verdict(map: [a, b], members: members, found: Self.found)
        == .keep("its bytes are not those that were proved"))
    #expect(CleanDecision.verdict(map: [], members: [], found: Self.found) == .keep("nothing of it was proved"))
    #expect(CleanDecision.verdict(map: [a], members: members, found: nil) == .gone)
  }

  private static func facts(
    reads: ReadSide = .database, mode: String = "database", verified: Int64? = 2, ran: Int64 = 1,
    differences: Int = 0
  ) -> RolloutFacts {
    RolloutFacts(
      reads: reads,
      pods: [RolloutPod(name: "a", mode: mode, source: "one", isLive: true, lastSeen: Claims.moment(9))],
      sources: [
        KnownDirectory(
          id: "one", path: "/p", host: "h", ranAt: Claims.moment(ran), verifiedAt: verified.map(Claims.moment),
          differences: verified == nil ? nil : differences, quarantined: 5)
      ])
  }

  @Test("Nothing goes before its time, and what stays in quarantine does not hold up the rest")
  func refusals() {
    func refusal(_ facts: RolloutFacts) -> String? { CleanDecision.refusal("one", facts) }
    #expect(refusal(Self.facts()) == nil)
    #expect(
      refusal(Self.facts(reads: .directory))
        == "pods still read from their directories: `bundletop migrate cutover` comes before `clean`")
    #expect(
      refusal(Self.facts(mode: "dual"))
        == "pod a still writes to directory one in mode dual: start it again with APPHUB_BUNDLE_PERSISTENCE=database "
        + "first")
    #expect(refusal(Self.facts(mode: "filesystem"))?.hasPrefix("pod a still writes to directory one") == true)
    #expect(
      refusal(Self.facts(verified: nil))
        == "directory one was never verified: run `bundletop migrate verify` first")
    #expect(
      refusal(Self.facts(ran: 3))
        == "directory one was not verified since the last run: run `bundletop migrate verify` first")
    #expect(
      refusal(Self.facts(differences: 1))
        == "directory one has 1 difference from the database: `bundletop migrate verify` lists them")
    #expect(
      CleanDecision.refusal("two", Self.facts())
        == "directory two was never verified: run `bundletop migrate verify` first")
  }
}
