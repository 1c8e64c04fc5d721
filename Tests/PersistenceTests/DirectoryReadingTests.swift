import BundleModel
import Glibc
import LegacyStore
import Synchronization
import TestSupport
import Testing

@testable import Persistence

@Suite("A pod's directory, read again and again", .timeLimit(.minutes(5)))
struct DirectoryReadingTests {
  private typealias F = DirectoryFixture

  /// What a directory says, read from nothing: a file of its own counts before the older map.
  private static func direct(_ directory: LegacyDirectory) throws -> [Slug: LegacyStatus] {
    var found: [Slug: LegacyStatus] = [:]
    try directory.read { item in
      if case .entry(let entry) = item, found[entry.status.slug] == nil { found[entry.status.slug] = entry.status }
    }
    return found
  }

  @Test("a file is opened once, and again only when it is another one")
  func opened() async throws {
    let fixture = try F()
    for number in 0..<300 { try fixture.write(F.status("b\(number)", message: "one")) }
    let reading = DirectoryReading(fixture.directory, settles: .zero)
    #expect(try await reading.changes(since: nil).changed.count == 300)
    #expect(await reading.readings == 300)
    let number = try await reading.changes(since: nil).number
    for _ in 0..<5 { #expect(try await reading.changes(since: number).changed.isEmpty) }
    #expect(await reading.readings == 300)
    try fixture.write(F.status("b7", message: "two"))
    let changes = try await reading.changes(since: number)
    #expect(changes.changed.map(\.message) == ["two"] && !changes.isWhole && changes.removed.isEmpty)
    #expect(await reading.readings == 301)
    fixture.remove("status/b8.json")
    let after = try await reading.changes(since: changes.number)
    #expect(after.removed == [Slug("b8")!] && after.changed.isEmpty)
    #expect(await reading.readings == 301)
    // Whoever was away for longer gets all of it.
    let late = try await reading.changes(since: number)
    #expect(late.changed.map(\.slug.text) == ["b7"] && late.removed == [Slug("b8")!])
  }

  @Test("a file that was written a moment ago may change under the same stamp, and is read again until it is older")
  func unsettled() async throws {
    let fixture = try F()
    let text = try F.text(F.status("a", message: "one"))
    let path = try fixture.folder.write(text, to: "status/a.json")
    let reading = DirectoryReading(fixture.directory, settles: .seconds(3600))
    #expect(try await reading.statuses().first?.message == "one")
    var facts = stat()
    stat(path, &facts)
    // In place, of the same length, and dated back.
    try fixture.folder.write(text.replacing("one", with: "two"), to: "status/a.json")
    var times = [facts.st_atim, facts.st_mtim]
    utimensat(AT_FDCWD, path, &times, 0)
    #expect(try await reading.statuses().first?.message == "two")
  }

  @Test("after any change it says what reading everything says", arguments: [1, 2, 3])
  func property(seed: UInt64) async throws {
    let fixture = try F()
    let reading = DirectoryReading(fixture.directory, settles: .seconds(3600))
    var random = SeededRandom(seed: seed)
    var known: [Slug: BundleStatus] = [:]
    var number: Int?
    for turn in 0..<150 {
      let name = "b\(Int.random(in: 0..<6, using: &random))"
      let spelling = random.chance(20) ? name.uppercased() : name
      let status = F.status(
        name, random.chance(30) ? .completed : .packaging,
        at: 1_700_000_000_000 + Int64.random(in: 0..<4, using: &random), message: "turn \(turn)")
      switch Int.random(in: 0..<10, using: &random) {
      case 0: fixture.remove("status/\(spelling).json")
      case 1: try fixture.folder.write("{\"slug\":", to: "status/\(spelling).json")
      case 2: fixture.remove("status.json")
      case 3:
        let members = (0..<3).map { member in
          "\"k\(member)\": " + ((try? F.text(F.status("b\(member + 3)", message: "map \(turn)"))) ?? "1")
        }
        try fixture.folder.write("{\(members.joined(separator: ","))}", to: "status.json")
      case 4: _ = try fixture.directory.setAside(slug: Slug(name)!)
      default: try fixture.folder.write(try F.text(status), to: "status/\(spelling).json")
      }
      let expected = try Self.direct(fixture.directory)
      #expect(
        try await reading.statuses().reduce(into: [:]) { $0[$1.slug] = LegacyStatus($1) } == expected,
        "seed \(seed), turn \(turn)")
      // The same, by what changed.
      let changes = try await reading.changes(since: number)
      if changes.isWhole { known = [:] }
      for slug in changes.removed { known[slug] = nil }
      for status in changes.changed { known[status.slug] = status }
      number = changes.number
      #expect(known.mapValues { LegacyStatus($0) } == expected, "seed \(seed), turn \(turn)")
    }
  }

  @Test("one bundle is found in a file of its own, in one of another spelling, and in the older map")
  func single() async throws {
    let fixture = try F()
    try fixture.write(F.status("own", message: "file"))
    try fixture.folder.write(try F.text(F.status("loud")), to: "status/LOUD.json")
    let members = try [F.status("own", message: "map"), F.status("old", message: "map")].map { try F.text($0) }
    try fixture.folder.write("{\"1\": \(members[0]), \"2\": \(members[1])}", to: "status.json")
    let reading = DirectoryReading(fixture.directory)
    for (slug, message) in [("own", "file"), ("old", "map"), ("loud", nil)] {
      let found = try await reading.statuses(of: [Slug(slug)!])
      #expect(found.count == 1 && found.first?.message == message, "\(slug)")
    }
    #expect(try await reading.statuses(of: [Slug("nobody")!]).isEmpty)
  }

  @Test("a completed status has the artifact that lies in the directory, as long as it lies there")
  func artifact() async throws {
    let fixture = try F()
    let clock = Mutex(Timestamp(microseconds: 1_800_000_000_000_000))
    let reading = DirectoryReading(fixture.directory, now: { clock.withLock { $0 } })
    let checksum = try fixture.complete("done", [1, 2, 3])
    try fixture.write(F.status("bare", .completed, filename: "bare-1.0.tgz"))
    func artifact(_ slug: String) async throws -> Artifact? {
      try await reading.statuses().first { $0.slug.text == slug }?.artifact
    }
    let found = try #require(try await artifact("done"))
    #expect(found.storageKind == .local && found.storageKey == "done/f1/done-1.0.tgz" && found.size == 3)
    #expect(found.checksum == checksum.hex && found.contentType == "application/gzip")
    #expect(found.storageURL == "local://done/f1/done-1.0.tgz" && found.filename == "done-1.0.tgz")
    #expect(try await reading.statuses().first?.completedAt != nil)
    #expect(try await artifact("bare") == nil)
    // Looked for again every five seconds.
    try fixture.folder.write("later", to: "artifacts/bare/f1/bare-1.0.tgz")
    fixture.remove("artifacts/done/f1/done-1.0.tgz")
    clock.withLock { $0 = $0.advanced(by: .seconds(6)) }
    #expect(try await artifact("bare")?.size == 5)
    #expect(try await artifact("done") == nil)
  }

  @Test("an archive is found by its fingerprint, also while the bundle is packaged anew; no link is followed")
  func archives() async throws {
    let fixture = try F()
    let reading = DirectoryReading(fixture.directory)
    func archive(_ slug: String, _ fingerprint: String = "f1") async throws -> ArchiveSource? {
      try await reading.archive(of: Slug(slug)!, fingerprint: Fingerprint(fingerprint)!)
    }
    let checksum = try fixture.complete("done", [1, 2, 3])
    let done = try #require(try await archive("done"))
    #expect(done.artifact.checksum == checksum.hex && done.file?.path == "artifacts/done/f1/done-1.0.tgz")
    #expect(try await archive("done", "f2")?.file?.path == nil)
    try fixture.write(F.status("done", .packaging, fingerprint: "f2"))
    #expect(try await archive("done")?.file?.path == nil)
    func kept(_ slug: String) async throws -> ArchiveSource? {
      try await reading.keptArchive(of: Slug(slug)!, fingerprint: Fingerprint("f1")!)
    }
    let earlier = try #require(try await kept("done"))
    #expect(earlier.file?.path == "artifacts/done/f1/done-1.0.tgz" && earlier.artifact.size == 3)
    #expect(earlier.artifact.filename == "done-1.0.tgz" && earlier.artifact.checksum.isEmpty)
    // What was kept aside is no second one.
    try fixture.folder.write("x", to: "artifacts/done/f1/done-1.0.tgz.superseded-0123456789abcdef")
    #expect(try await kept("done")?.file?.path == "artifacts/done/f1/done-1.0.tgz")

    let secret = try fixture.folder.write("secret", to: "secret")
    try fixture.folder.makeFolder("artifacts/evil/f1")
    symlink(secret, fixture.folder.path + "/artifacts/evil/f1/evil-1.0.tgz")
    try fixture.write(F.status("evil", .completed, filename: "evil-1.0.tgz"))
    #expect(try await archive("evil")?.file?.path == nil)
    #expect(try await kept("evil")?.file?.path == nil)
    #expect(try await reading.statuses(of: [Slug("evil")!]).first?.artifact == nil)
    try fixture.write(F.status("up", .completed, filename: "../../../secret"))
    #expect(try await archive("up")?.file?.path == nil)
  }

  @Test("a directory that is not there is an error, one without statuses is empty")
  func missing() async throws {
    let fixture = try F()
    #expect(try await DirectoryReading(fixture.directory).statuses().isEmpty)
    let nowhere = DirectoryReading(LegacyDirectory(path: fixture.folder.path + "/nowhere"))
    await #expect(throws: LegacyError.self) { _ = try await nowhere.statuses() }
    await #expect(throws: LegacyError.self) { _ = try await nowhere.statuses(of: [Slug("a")!]) }
    await #expect(throws: LegacyError.self) { _ = try await nowhere.changes(since: nil) }
  }

  @Test("whoever asks sees what was written before, however many ask at once")
  func fresh() async throws {
    let fixture = try F()
    let reading = DirectoryReading(fixture.directory)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for asker in 0..<8 {
        group.addTask {
          for turn in 0..<20 {
            try fixture.write(F.status("a\(asker)", message: "turn \(turn)"))
            let found = try await reading.statuses().first { $0.slug.text == "a\(asker)" }
            #expect(found?.message == "turn \(turn)")
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
