import BundleModel
import Glibc
import LegacyStore
import TestSupport
import Testing

/// What becomes of files by their names and kinds, and of the older map.
@Suite("Names and kinds of status files")
struct LegacyNameTests {
  private static let newer = ["updatedAt": "\"2025-06-01T00:00:00.000Z\""] as [String: String?]

  @Test("names that are no status file are passed over, names that say no slug are listed")
  func names() throws {
    let fixture = try LegacyFixture()
    for name in [
      "a.json", "b c.json", "x..json", "é.json", "a#b.json", ".hidden.json", ".removed-z.json",
      "a.json.0af.tmp", "notes.txt", "json", "..json",
    ] {
      try fixture.write(LegacyFixture.text(), to: "status/\(name)")
    }
    try fixture.write(LegacyFixture.text(), to: "status/ .json")
    let expected = [
      "status/a.json entry a", "status/a#b.json entry a#b", "status/b c.json entry b c", "status/é.json entry é",
      "status/x..json entry x.", "status/ .json unsafe-name",
    ]
    #expect(try fixture.outcomes() == expected.sorted())
  }

  @Test("a name that is not UTF-8, or would harm a terminal, is told harmlessly and never like another")
  func rawNames() throws {
    let fixture = try LegacyFixture()
    for byte: UInt8 in [0xE9, 0xEA] {
      let path =
        "\(fixture.directory.path)/status/caf".utf8.map { CChar(bitPattern: $0) }
        + [CChar(bitPattern: byte)] + ".json".utf8.map { CChar(bitPattern: $0) } + [0]
      let file = creat(path, 0o644)
      #expect(file >= 0)
      close(file)
    }
    try fixture.write(LegacyFixture.text(), to: "status/a\u{1B}[31m\n.json")
    let items = try fixture.items()
    let paths = items.map { item in
      switch item {
      case .entry(let entry): entry.file.path
      case .defect(let defect): defect.path
      }
    }
    #expect(Set(paths).count == 3 && paths.allSatisfy { UntrustedText.line($0) == $0 }, "\(paths)")
    #expect(items.count { if case .defect(let defect) = $0 { defect.kind == .unsafeName } else { false } } == 2)
  }

  @Test("only regular files are opened: links, pipes, sockets, devices and folders are listed")
  func kinds() throws {
    let fixture = try LegacyFixture()
    let path = fixture.directory.path
    let secret = try fixture.folder.write(LegacyFixture.text(), to: "secret.json")
    #expect(symlink(secret, "\(path)/status/link.json") == 0)
    #expect(symlink("/nowhere", "\(path)/status/dangling.json") == 0)
    #expect(symlink("link2.json", "\(path)/status/link2.json") == 0)
    #expect(mkfifo("\(path)/status/pipe.json", 0o600) == 0)
    #expect(mkdir("\(path)/status/folder.json", 0o700) == 0)
    try fixture.write(LegacyFixture.text(), to: "status/one.json")
    #expect(link("\(path)/status/one.json", "\(path)/status/two.json") == 0)
    var expected = ["link", "dangling", "link2", "pipe", "folder"].map { "status/\($0).json not-regular" }
    if mknod("\(path)/status/null.json", S_IFCHR | 0o600, 0x103) == 0 {
      expected.append("status/null.json not-regular")
    }
    expected += ["status/one.json entry one", "status/two.json entry two"]
    #expect(try fixture.outcomes() == expected.sorted())
    // The map, too.
    #expect(symlink(secret, "\(path)/status.json") == 0)
    #expect(try fixture.outcomes().contains("status.json not-regular"))
  }

  @Test("a folder of statuses that is a link or a file is listed, and nothing below it is read")
  func folderIsALink() throws {
    let folder = try TemporaryDirectory()
    try folder.write(LegacyFixture.text(), to: "elsewhere/a.json")
    try folder.makeFolder("old")
    let directory = LegacyDirectory(path: folder.path + "/old")
    #expect(symlink(folder.path + "/elsewhere", directory.path + "/status") == 0)
    var items: [LegacyItem] = []
    try directory.read { items.append($0) }
    guard case .defect(let defect)? = items.first, items.count == 1 else { throw TestSupportError("\(items)") }
    #expect(defect.path == "status" && defect.kind == .notRegular && defect.reason.contains("a symbolic link"))
    #expect(throws: LegacyError.self) { try directory.entry(slug: Slug("a")!) }
    #expect(throws: LegacyError.self) { try directory.statusFiles() }
    #expect(throws: LegacyError.self) {
      try directory.write(LegacyStatus(Self.status("a")))
    }
    #expect(directory.scan()?.isReadable == false)
    #expect(directory.countStatusFiles() != .files(1, orMore: false))
  }

  private static func status(_ slug: String) -> BundleStatus {
    let moment = Timestamp(microseconds: 1_700_000_000_000_000)
    return BundleStatus(slug: Slug(slug)!, stage: .queued, createdAt: moment, updatedAt: moment)
  }

  @Test("the directory itself may be reached through a link")
  func rootIsALink() throws {
    let fixture = try LegacyFixture()
    try fixture.write(LegacyFixture.text(), to: "status/alpha.json")
    #expect(symlink(fixture.directory.path, fixture.folder.path + "/way") == 0)
    var count = 0
    try LegacyDirectory(path: fixture.folder.path + "/way/").read { _ in count += 1 }
    #expect(count == 1)
  }

  @Test("of names that differ by case or blanks the newest counts, the others are listed; of equals the completed")
  func collisions() throws {
    let fixture = try LegacyFixture()
    try fixture.write(LegacyFixture.text(), to: "status/alpha.json")
    try fixture.write(LegacyFixture.text("x", Self.newer), to: "status/ALPHA.json")
    try fixture.write(LegacyFixture.text(), to: "status/ alpha .json")
    let running = ["stage": "\"packaging\"", "state": "\"running\""] as [String: String?]
    try fixture.write(LegacyFixture.text("b", running), to: "status/Beta.json")
    try fixture.write(LegacyFixture.text("b"), to: "status/beta.json")
    try fixture.write("{", to: "status/Gamma.json")
    try fixture.write(LegacyFixture.text("g"), to: "status/gamma.json")
    try fixture.write(LegacyFixture.text("d"), to: "status/Delta.json")
    #expect(
      try fixture.outcomes()
        == [
          "status/ alpha .json collision", "status/ALPHA.json entry alpha", "status/alpha.json collision",
          "status/Beta.json collision", "status/beta.json entry beta", "status/Gamma.json syntax",
          "status/gamma.json entry gamma", "status/Delta.json entry delta",
        ].sorted())
    let reasons = try fixture.items().compactMap { item -> String? in
      if case .defect(let defect) = item, defect.kind == .collision { defect.reason } else { nil }
    }
    #expect(reasons.count { $0.contains("status/ALPHA.json") } == 2)
  }

  @Test("members of the older map follow the files; their slug is the one inside")
  func map() throws {
    let fixture = try LegacyFixture()
    try fixture.write(LegacyFixture.text(), to: "status/alpha.json")
    let members = [
      "\"k1\": \(LegacyFixture.text(" Alpha "))",
      "\"k2\": \(LegacyFixture.text("beta", ["state": nil, "createdAt": nil]))",
      "\"k3\": 5", "\"k4\": \(LegacyFixture.text("x", ["slug": nil]))",
      "\"twice\": \(LegacyFixture.text("c"))", "\"tw\\u0069ce\": \(LegacyFixture.text("d"))",
      "\"e\\u0301\": \(LegacyFixture.text("e1"))", "\"\\u00e9\": \(LegacyFixture.text("e2"))",
      "\"g1\": \(LegacyFixture.text("g"))", "\"g2\": \(LegacyFixture.text("G", Self.newer))",
      "\"h\": {\"slug\": \"h\", \"slug\": \"h\"}", "\"\\u0000\\u001b[31m\": \(LegacyFixture.text("z"))",
      "\"b\": \(LegacyFixture.text(" "))",
    ]
    try fixture.write("{" + members.joined(separator: ",\n") + "}\n", to: "status.json")
    let outcomes = try fixture.outcomes().filter { !$0.contains("~") }
    #expect(
      outcomes
        == [
          "status/alpha.json entry alpha", "status.json#k1 entry alpha", "status.json#k2 entry beta",
          "status.json#k3 shape", "status.json#k4 shape", "status.json#twice duplicate-key",
          "status.json#twice duplicate-key", "status.json#e\u{301} entry e1", "status.json#\u{E9} entry e2",
          "status.json#g1 collision", "status.json#g2 entry g", "status.json#h duplicate-key",
          "status.json#b shape",
        ].sorted())
    #expect(try fixture.outcomes().count == outcomes.count + 1)
    guard case .entry(let entry)? = try fixture.items().first else { throw TestSupportError("no entry") }
    #expect(entry.file.path == "status/alpha.json")
    #expect(try fixture.directory.entry(slug: Slug("beta")!) == nil)
  }

  @Test(
    "a map that is not JSON gives nothing, and says why",
    arguments: [
      ("", "empty"), ("[]", "shape"), ("null", "shape"), ("{\"a\": {}", "syntax"), ("{\"a\": {},}", "syntax"),
      ("{\"a\" {}}", "syntax"), ("{\"a\": }", "syntax"), ("{a: 1}", "syntax"), ("{} {}", "syntax"),
      ("{\"a\": {\"b\": }}", "syntax"), ("{\"a\": [1, 2}", "syntax"), ("{\"a", "syntax"), ("{\"a\\\"", "syntax"),
      ("{\"\\x\": 1}", "syntax"), ("\u{FEFF}{}", "encoding"), ("{", "syntax"), ("{\"a\": tru}", "syntax"),
    ])
  func brokenMap(_ text: String, _ kind: String) throws {
    let fixture = try LegacyFixture()
    try fixture.write(text, to: "status.json")
    #expect(try fixture.outcomes() == ["status.json \(kind)"])
  }

  @Test("an empty map is none, a directory without statuses holds none, one that is not there throws")
  func nothing() throws {
    let fixture = try LegacyFixture()
    #expect(try fixture.items().isEmpty)
    try fixture.write(" { } \n", to: "status.json")
    #expect(try fixture.items().isEmpty)
    let none = LegacyDirectory(path: fixture.folder.path + "/none")
    let error = #expect(throws: LegacyError.self) { try none.read { _ in } }
    #expect(error?.kind == .missing)
  }

  @Test("what the caller throws ends the reading")
  func stops() throws {
    struct Enough: Error {}
    let fixture = try LegacyFixture()
    for number in 0..<5 { try fixture.write(LegacyFixture.text(), to: "status/s\(number).json") }
    var count = 0
    #expect(throws: Enough.self) {
      try fixture.directory.read { _ in
        count += 1
        if count == 2 { throw Enough() }
      }
    }
    #expect(count == 2)
  }
}
