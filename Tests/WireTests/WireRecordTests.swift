import BundleModel
import FoundationEssentials
import JSON
import Testing
import Wire

@Suite("Jobs, summaries, attempts, archives and pods on the wire")
struct WireRecordTests {
  private static let moment = Timestamp(microseconds: 1_700_000_000_123_456)

  private static func completed() throws -> BundleStatus {
    let (slug, fingerprint) = (try #require(Slug("demo")), try #require(Fingerprint("f1")))
    return BundleStatus(
      slug: slug, fingerprint: fingerprint, stage: .completed, jobID: "j1", version: "1.0", checksum: "abc",
      filename: "demo.tgz", cached: true, createdAt: moment, updatedAt: moment,
      artifact: Artifact(
        id: "a1", slug: slug, fingerprint: fingerprint, checksum: "abc", storageKind: .s3, storageKey: "k",
        storageURL: "s3://b/k", size: 7, uploadedAt: moment, createdAt: moment))
  }

  private func written(_ record: some WireRecord) throws -> [String: JSONValue] {
    var json = JSONWriter(.line)
    record.write(to: &json)
    guard case .object(let object) = try JSONValue(parsing: json.bytes) else { return [:] }
    #expect(record.members.map(\.name) == record.members.map(\.name).sorted())
    // An encoder makes the same of it.
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    #expect(JSONEscape.harmless(String(decoding: try encoder.encode(record), as: UTF8.self)) == json.text)
    return Dictionary(uniqueKeysWithValues: object.keys.map { ($0, object[$0] ?? .null) })
  }

  @Test("a summary has AppHub's 13 fields, or there is none")
  func summary() throws {
    let status = try Self.completed()
    let fields = try written(try #require(WireSummary(status, publicURL: "https://x/")))
    #expect(
      Set(fields.keys) == [
        "slug", "version", "checksum", "filename", "fingerprint", "cached", "storageKind", "storageUrl",
        "downloadUrl", "downloadUrlExpiresAt", "size", "contentType", "reference",
      ])
    #expect(fields["reference"] == .string("demo@1.0") && fields["contentType"] == .null)
    #expect(fields["downloadUrl"] == .string("https://x/examples/bundles/demo/fingerprints/f1/download"))
    var queued = BundleStatus(slug: status.slug, stage: .queued, createdAt: Self.moment, updatedAt: Self.moment)
    #expect(WireSummary(queued) == nil)
    queued.fingerprint = status.fingerprint
    let resolved = try written(try #require(WireSummary(queued)))
    #expect(resolved["fingerprint"] == .string("f1") && resolved["reference"] == .null)
    queued.fingerprint = .pending
    queued.cached = false
    #expect(try written(try #require(WireSummary(queued)))["fingerprint"] == .null)
  }

  @Test("a job has a result only when it made what is there")
  func job() throws {
    let status = try Self.completed()
    func result(_ job: String, _ status: BundleStatus?) throws -> JSONValue? {
      let answer = WireJob(
        try #require(Slug("demo")), job: JobID(job), outcome: "created", reason: nil, status: status)
      return try written(answer)["result"]
    }
    #expect(try result("j2", status) == .null)
    #expect(try result("j1", nil) == .null)
    guard case .object(let made)? = try result("j1", status) else { throw WireTestFailure() }
    #expect(made.keys.sorted() == ["cached", "checksum", "filename", "fingerprint", "slug", "version"])
    let refused = try written(WireJob(status.slug, job: nil, outcome: "refused", reason: "why", status: nil))
    #expect(refused["jobId"] == .string("demo") && refused["mode"] == .string("queued"))
    #expect(WireJob(status.slug, job: nil, outcome: "refused", reason: "why", status: nil).refusal == "why")
    #expect(WireJob(status.slug, job: nil, outcome: "merged", reason: "note", status: nil).refusal == nil)
  }

  @Test("attempts, archives and pods, with everything and with nothing known")
  func others() throws {
    let status = try Self.completed()
    var attempt = Attempt(
      job: JobID("j"), slug: status.slug, number: 2, pod: "p\u{1B}", startedAt: Self.moment,
      stages: [StageTiming(stage: .packaging, startedAt: Self.moment)])
    let first = try written(WireAttempt(attempt))
    #expect(first["tail"] == nil && first["outcome"] == .null && first["attempt"] == .number(2))
    #expect(
      first["stages"]
        == .array([
          .object(["stage": .string("packaging"), "startedAt": .string("2023-11-14T22:13:20.123Z")])
        ]))
    attempt.tail = "end"
    #expect(try written(WireAttempt(attempt, showsTail: true))["tail"] == .string("end"))
    #expect(try written(WireArtifact(try #require(status.artifact)))["size"] == .number(7))
    var pod = Pod(
      owner: OwnerID("o"), name: "a", version: "1", persistence: "database", store: "s", startedAt: Self.moment,
      lastSeen: Self.moment, concurrency: 1, notes: ["n"])
    let all = Pause(pod: nil, by: "ann", since: Self.moment)
    let own = Pause(pod: "a", by: "bob", since: Self.moment)
    let other = Pause(pod: "b", by: "eve", since: Self.moment)
    func pausedBy(_ pauses: [Pause]) throws -> JSONValue? {
      try written(WirePod(pod, pauses: pauses, cacheHits: 1, cacheMisses: 2))["pausedBy"]
    }
    #expect(try pausedBy([other]) == .null)
    #expect(try pausedBy([other, all]) == .string("ann"))
    #expect(try pausedBy([all, own]) == .string("bob"))
    for (presence, text) in [(Pod.Presence.live, "live"), (.gone, "gone"), (.stopped, "stopped")] {
      pod.presence = presence
      #expect(try written(WirePod(pod, pauses: [], cacheHits: 0, cacheMisses: 0))["state"] == .string(text))
    }
  }

  private struct WireTestFailure: Error {}
}

@Suite("Descriptors on the wire")
struct WireDescriptorTests {
  private func read(_ text: String) throws -> Descriptor {
    guard case .object(let object) = try JSONValue(parsing: Array(text.utf8)) else { throw JSONFailure() }
    return try Descriptor(wire: object)
  }

  private struct JSONFailure: Error {}

  @Test("values are trimmed")
  func good() throws {
    #expect(
      try read(#"{"module":" m ","repo":" https://x/y\n","ref":"main","commit":"c","configPath":"a/c.json"}"#)
        == Descriptor(module: "m", repo: "https://x/y", ref: "main", commit: "c", configPath: "a/c.json"))
    #expect(try read(#"{"module":"m","path":"/p"}"#) == Descriptor(module: "m", path: "/p"))
  }

  @Test(
    "what cannot be used is named, not quoted",
    arguments: [
      (#"{"path":"/p"}"#, "module is required"),
      (#"{"module":"m"}"#, "exactly one of repo and path is required"),
      (#"{"module":"m","path":"/p","repo":"s3cret"}"#, "exactly one of repo and path is required"),
      (#"{"module":"m","path":null}"#, "path must be a string, not null"),
      (#"{"module":3,"path":"/p"}"#, "module must be a string, not a number"),
      (#"{"module":"m","path":"/p","ref":" \t"}"#, "ref is empty"),
      (#"{"module":"m","path":"/p\u0000"}"#, "path holds a NUL character"),
      (#"{"module":"m","path":"/p","url\u001b":1}"#, "has a field that no descriptor has, url\u{FFFD}"),
    ])
  func bad(text: String, message: String) throws {
    let failure = #expect(throws: WireDescriptorError.self) { try read(text) }
    #expect(failure?.message == message)
  }
}
