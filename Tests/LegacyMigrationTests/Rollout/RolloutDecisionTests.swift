import BundleModel
import BundleStore
import LegacyMigration
import Testing

@Suite("Whether reads may be switched")
struct RolloutDecisionTests {
  private static let noon = Timestamp(iso8601: "2026-05-01T12:00:00Z")!
  private static func at(_ minutes: Int) -> Timestamp { noon.advanced(by: .seconds(60 * minutes)) }

  private static func source(
    _ id: String = "one", ran: Int? = 1, verified: Int? = 2, exported: Int? = nil, differences: Int? = 0,
    quarantined: Int? = 0
  ) -> KnownDirectory {
    KnownDirectory(
      id: id, path: "/data/\(id)", host: "h", ranAt: ran.map(at), verifiedAt: verified.map(at),
      exportedAt: exported.map(at), differences: verified == nil ? nil : differences, quarantined: quarantined)
  }

  private static func pod(
    _ name: String = "a", _ mode: String = "dual", source: String? = "one", following: String? = "in step 5:5:",
    isLive: Bool = true, seen: Int = 5
  ) -> RolloutPod {
    RolloutPod(name: name, mode: mode, source: source, following: following, isLive: isLive, lastSeen: at(seen))
  }

  @Test("A cutover with everything verified is not refused")
  func clean() {
    let facts = RolloutFacts(pods: [Self.pod()], sources: [Self.source(), Self.source("copy")])
    #expect(RolloutDecision.refusals(of: .cutover, facts) == [])
    // Pods that have moved on to the database alone do no harm.
    let mixed = RolloutFacts(
      pods: [Self.pod(), Self.pod("b", "database", source: nil), Self.pod("old", "filesystem", isLive: false)],
      sources: [Self.source()])
    #expect(RolloutDecision.refusals(of: .cutover, mixed) == [])
  }

  @Test("A switch to where reads come from already is neither refused nor needed")
  func already() {
    let facts = RolloutFacts(reads: .database, pods: [Self.pod("a", "filesystem")], sources: [])
    #expect(RolloutDecision.refusals(of: .cutover, facts) == [])
    #expect(RolloutDecision.refusals(of: .cutback, RolloutFacts(pods: [Self.pod("a", "database")])) == [])
  }

  @Test(
    "Each reason against a cutover is one sentence that says what to do",
    arguments: [
      (
        RolloutFacts(pods: [pod("a", "filesystem")], sources: [source()]),
        "pod a is in mode filesystem and writes to its directory alone: start it again with "
          + "APPHUB_BUNDLE_PERSISTENCE=dual"
      ),
      (
        RolloutFacts(pods: [pod("a", "other\u{1B}")], sources: [source()]),
        "pod a is in mode other\u{FFFD} and writes to its directory alone: start it again with "
          + "APPHUB_BUNDLE_PERSISTENCE=dual"
      ),
      (
        RolloutFacts(pods: [pod(source: "two")], sources: [source()]),
        "directory two of pod a was never verified: run `bundletop migrate verify` there"
      ),
      (
        RolloutFacts(pods: [pod(source: nil)], sources: [source()]),
        "pod a has not published the id of its directory yet: try again in a moment"
      ),
      (
        RolloutFacts(pods: [pod()], sources: [source(), source("two", verified: nil)]),
        "directory two (/data/two on h) was never verified: run `bundletop migrate verify` there"
      ),
      (
        RolloutFacts(pods: [], sources: [source(ran: 3)]),
        "directory one (/data/one on h) was not verified since the last run: run `bundletop migrate verify` there"
      ),
      (
        RolloutFacts(pods: [], sources: [source(differences: 2)]),
        "directory one (/data/one on h) has 2 differences from the database: `bundletop migrate verify` lists them, "
          + "`bundletop migrate run` takes over what is newer"
      ),
      (
        RolloutFacts(pods: [], sources: [source(quarantined: 1)]),
        "directory one (/data/one on h) holds 1 quarantined file that could not be taken: look at `bundletop migrate "
          + "verify`, then say --accept-quarantine if they may stay behind"
      ),
      (
        RolloutFacts(), "no directory was ever verified for this database: run `bundletop migrate verify` first"
      ),
    ])
  func refused(facts: RolloutFacts, reason: String) {
    #expect(RolloutDecision.refusals(of: .cutover, facts) == [reason])
  }

  @Test("What was put in quarantine may stay behind when somebody says so, differences may not")
  func accepted() {
    let facts = RolloutFacts(sources: [Self.source(quarantined: 3)])
    #expect(RolloutDecision.refusals(of: .cutover, facts, acceptsQuarantine: true) == [])
    let worse = RolloutFacts(sources: [Self.source(differences: 1, quarantined: 3)])
    #expect(RolloutDecision.refusals(of: .cutover, worse, acceptsQuarantine: true).count == 1)
  }

  @Test("A folder that was only exported to has nothing to prove, unless a pod reads from it")
  func exported() {
    let export = Self.source("out", ran: nil, verified: nil, exported: 3)
    #expect(RolloutDecision.refusals(of: .cutover, RolloutFacts(sources: [Self.source(), export])) == [])
    let facts = RolloutFacts(pods: [Self.pod(source: "out")], sources: [Self.source(), export])
    #expect(RolloutDecision.refusals(of: .cutover, facts).count == 1)
  }

  private static func after(_ pods: [RolloutPod], _ sources: [KnownDirectory] = [source()]) -> RolloutFacts {
    RolloutFacts(reads: .database, switched: .init(by: "ann", at: at(3)), pods: pods, sources: sources)
  }

  @Test("A cutback while every pod writes to both, and keeps in step, is not refused")
  func back() {
    #expect(RolloutDecision.refusals(of: .cutback, Self.after([Self.pod(), Self.pod("b", source: "two")])) == [])
    // One that ran without a directory before reads were switched does not matter.
    let long = Self.pod("old", "database", source: nil, isLive: false, seen: 1)
    #expect(RolloutDecision.refusals(of: .cutback, Self.after([Self.pod(), long])) == [])
  }

  @Test(
    "Each reason against a cutback is one sentence that says what to do",
    arguments: [
      (
        after([pod(), pod("b", "database", source: nil)]),
        "pod b is in mode database and keeps no directory: run `bundletop migrate export` into one, then start it "
          + "again with APPHUB_BUNDLE_PERSISTENCE=dual"
      ),
      (
        after([pod(following: "failed: no space left on device")]),
        "the directory of pod a is not in step with the database (failed: no space left on device): wait, or see "
          + "`bundletop migrate status`"
      ),
      (
        after([pod(following: nil)]),
        "the directory of pod a is not in step with the database: wait, or see `bundletop migrate status`"
      ),
      (
        after([pod(), pod("old", "database", source: nil, isLive: false, seen: 4)]),
        "directory one of pod a was not exported to since pod old ran in mode database: run `bundletop migrate "
          + "export` into it first"
      ),
      (
        after([pod(), pod("old", "database", source: nil, isLive: false, seen: 4)], [source(exported: 3)]),
        "directory one of pod a was not exported to since pod old ran in mode database: run `bundletop migrate "
          + "export` into it first"
      ),
      (after([pod("a", "next")]), "pod a is in mode next, which this version does not know"),
    ])
  func backRefused(facts: RolloutFacts, reason: String) {
    #expect(RolloutDecision.refusals(of: .cutback, facts) == [reason])
  }

  @Test("An export since the last pod without a directory opens the way back")
  func exportOpens() {
    let old = Self.pod("old", "database", source: nil, isLive: false, seen: 4)
    let facts = Self.after([Self.pod(), old], [Self.source(exported: 4)])
    #expect(RolloutDecision.refusals(of: .cutback, facts) == [])
  }

  @Test("The stage of a move, from the first look to the last step")
  func stages() {
    func stage(_ facts: RolloutFacts) -> RolloutStage { RolloutStage(facts) }
    #expect(stage(RolloutFacts()) == .nothing)
    #expect(stage(RolloutFacts(sources: [Self.source(ran: nil, verified: nil)])) == .toRun)
    #expect(stage(RolloutFacts(sources: [Self.source(verified: nil)])) == .toVerify)
    #expect(stage(RolloutFacts(pods: [Self.pod()], sources: [Self.source(quarantined: 2)])) == .toCutOver)
    #expect(stage(Self.after([Self.pod()])) == .cutOver)
    let alone = Self.pod("a", "database", source: nil)
    #expect(stage(Self.after([alone])) == .toClean)
    var cleaned = Self.source()
    cleaned.cleanedAt = Self.at(9)
    #expect(stage(Self.after([alone], [cleaned])) == .done)
    // What was only exported to is a copy: nothing of it has to go.
    var copy = Self.source("copy", ran: nil, verified: nil)
    copy.exportedAt = Self.at(9)
    #expect(stage(Self.after([alone], [cleaned, copy])) == .done)
    #expect(Set(RolloutStage.allCases.map(\.next)).count == RolloutStage.allCases.count)
  }
}
