import BundleModel
import Glibc
import LegacyStore
import ProcessControl
import TestSupport
import Testing

@Suite("Writing statuses into AppHub's directory")
struct LegacyWriteTests {
  private let fixture: LegacyFixture
  private var directory: LegacyDirectory { fixture.directory }
  private static let moment = Timestamp(microseconds: 1_767_323_045_678_000)

  init() throws { fixture = try LegacyFixture() }

  private func status(_ slug: String, message: String? = nil) throws -> LegacyStatus {
    LegacyStatus(
      slug: try #require(Slug(slug)), fingerprint: try #require(Fingerprint("f1")), stage: .completed,
      createdAt: Self.moment, updatedAt: Self.moment, jobID: "j1", version: "1.0", checksum: "abc",
      filename: "wave-1.0.tgz", cached: false, message: message)
  }

  @Test("the text is AppHub's: its order, two blanks, a line feed; what is not known is left out or null")
  func text() throws {
    try directory.write(try status("wave", message: "a \"b\"\\ \u{1}\n\u{7F}é\u{2028}/"))
    #expect(
      try fixture.folder.read("old/status/wave.json") == """
        {
          "slug": "wave",
          "fingerprint": "f1",
          "stage": "completed",
          "state": "completed",
          "updatedAt": "2026-01-02T03:04:05.678Z",
          "createdAt": "2026-01-02T03:04:05.678Z",
          "jobId": "j1",
          "version": "1.0",
          "checksum": "abc",
          "filename": "wave-1.0.tgz",
          "cached": false,
          "error": null,
          "message": "a \\"b\\"\\\\ \\u0001\\n\u{7F}é\u{2028}/"
        }

        """)
    let bare = LegacyStatus(
      slug: Slug("bare")!, fingerprint: .pending, stage: .queued, createdAt: Self.moment, updatedAt: Self.moment)
    try directory.write(bare)
    let text = try fixture.folder.read("old/status/bare.json")
    #expect(!text.contains("jobId") && !text.contains("cached") && text.contains("\"error\": null"))
    #expect(try fixture.outcomes() == ["status/bare.json entry bare", "status/wave.json entry wave"])
    #expect(
      try fixture.items().allSatisfy { if case .entry(let entry) = $0 { entry.notes.isEmpty } else { false } })
  }

  @Test("a row with microseconds and blank texts is equal to what is read back of it")
  func rows() throws {
    let row = BundleStatus(
      slug: Slug("a")!, stage: .packaging, state: .queued, jobID: "", version: " ", checksum: " ABC ",
      filename: "\t", error: "", message: " ", createdAt: Timestamp(microseconds: -1_500),
      updatedAt: Timestamp(microseconds: 1_767_323_045_678_901))
    try directory.write(LegacyStatus(row))
    #expect(try fixture.entry().status == LegacyStatus(row))
    #expect(try fixture.entry().status.createdAt.microseconds == -2_000)
  }

  @Test("nothing but the file is left behind, and an open reader keeps the earlier one whole")
  func atomic() throws {
    try directory.write(try status("wave", message: "one"))
    let reader = try #require(fopen(directory.path + "/status/wave.json", "re"))
    defer { fclose(reader) }
    try directory.write(try status("wave", message: "two"))
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = fread(&buffer, 1, buffer.count, reader)
    #expect(String(decoding: buffer[..<count], as: UTF8.self).contains("\"one\""))
    #expect(try fixture.entry().status.message == "two")
    #expect(try FileNames.of(directory.path + "/status") == ["wave.json"])
  }

  @Test("who reads while others write sees whole statuses, each of them written")
  func besideWriters() async throws {
    let directory = directory
    let statuses = try (0..<8).map { try status("wave", message: String(repeating: "\($0)", count: $0 * 3000)) }
    try directory.write(statuses[0])
    try await withThrowingTaskGroup { group in
      for writer in 0..<2 {
        group.addTask {
          try await DetachedThread.value {
            for round in 0..<60 { try directory.write(statuses[(round * 3 + writer) % 8]) }
          }
        }
      }
      group.addTask {
        try await DetachedThread.value {
          for _ in 0..<300 {
            guard case .entry(let entry)? = try directory.entry(slug: statuses[0].slug) else {
              throw TestSupportError("no whole status")
            }
            guard statuses.contains(entry.status) else { throw TestSupportError("a mixture: \(entry.status)") }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try FileNames.of(directory.path + "/status") == ["wave.json"])
  }

  @Test(
    "slugs that no file can be named after are refused",
    arguments: ["../x", "a/b", "..", ".", ".hidden", "a\u{0}b", String(repeating: "s", count: 242)])
  func refused(_ slug: String) throws {
    let before = try FileNames.of(fixture.folder.path)
    let written = #expect(throws: LegacyError.self) { try directory.write(try status(slug)) }
    #expect(written?.kind == .invalid)
    let aside = #expect(throws: LegacyError.self) { try directory.setAside(slug: Slug(slug)!) }
    #expect(aside?.kind == .invalid)
    #expect(try directory.entry(slug: Slug(slug)!) == nil)
    #expect(try FileNames.of(fixture.folder.path) == before && fixture.items().isEmpty)
  }

  @Test("the longest names work")
  func longest() throws {
    let slug = String(repeating: "s", count: 241)
    try directory.write(try status(slug))
    #expect(try fixture.outcomes() == ["status/\(slug).json entry \(slug)"])
    #expect(try directory.setAside(slug: Slug(slug)!))
  }

  @Test("a link or a folder of that name is left alone")
  func special() throws {
    let outside = try fixture.folder.write("keep", to: "outside")
    #expect(symlink(outside, directory.path + "/status/wave.json") == 0)
    let error = #expect(throws: LegacyError.self) { try directory.write(try status("wave")) }
    #expect(error?.kind == .unsafe)
    #expect(try TestFile.read(outside) == "keep")
    #expect(try FileNames.of(directory.path + "/status") == ["wave.json"])
  }

  @Test("a directory that vanished is not made again by writing")
  func vanished() throws {
    let gone = LegacyDirectory(path: fixture.folder.path + "/gone")
    let error = #expect(throws: LegacyError.self) { try gone.write(try status("wave")) }
    #expect(error?.kind == .missing && !TestFile.exists(gone.path))
    try gone.create()
    try gone.write(try status("wave"))
    #expect(try gone.entry(slug: Slug("wave")!) != nil)
  }

  @Test("what was removed in the database is set aside, never deleted, and not read again")
  func setAside() throws {
    try directory.write(try status("wave", message: "one"))
    #expect(try directory.setAside(slug: Slug("wave")!))
    #expect(try !directory.setAside(slug: Slug("wave")!))
    #expect(try fixture.items().isEmpty && directory.entry(slug: Slug("wave")!) == nil)
    #expect(try fixture.folder.read("old/status/.removed-wave.json").contains("\"one\""))
    #expect(directory.countStatusFiles() == .files(0, orMore: false))
    // An earlier one stays.
    try directory.write(try status("wave", message: "two"))
    #expect(try directory.setAside(slug: Slug("wave")!))
    #expect(try fixture.folder.read("old/status/.removed-wave.json").contains("\"one\""))
    #expect(try fixture.folder.read("old/status/.removed-1-wave.json").contains("\"two\""))
  }

  @Test("the id is established once, and another one is refused")
  func source() throws {
    #expect(try directory.sourceID() == nil)
    try directory.establishSourceID("pod-a.1_X")
    try directory.establishSourceID("pod-a.1_X")
    #expect(try directory.sourceID() == "pod-a.1_X")
    #expect(try fixture.folder.read("old/.bundletop-source") == "pod-a.1_X\n")
    let error = #expect(throws: LegacyError.self) { try directory.establishSourceID("pod-b") }
    #expect(error?.kind == .conflict && error?.message.contains("'pod-a.1_X' already") == true)
    #expect(try directory.sourceID() == "pod-a.1_X")
    #expect(try FileNames.of(directory.path) == [".bundletop-source", "status"])
    for id in ["", "a b", "ä", "a/b", "a\n", String(repeating: "a", count: 65)] {
      #expect(throws: LegacyError.self) { try directory.establishSourceID(id) }
    }
    let made = LegacyDirectory(path: fixture.folder.path + "/x/y/z")
    #expect(throws: LegacyError.self) { try made.sourceID() }
    try made.establishSourceID("z")
    #expect(try made.sourceID() == "z")
  }

  @Test("a marker that holds something else, or is a link, is no id", arguments: ["", "two words", "a\nb", "link"])
  func damagedMarker(_ text: String) throws {
    if text == "link" {
      let outside = try fixture.folder.write("id", to: "outside")
      #expect(symlink(outside, directory.path + "/.bundletop-source") == 0)
    } else {
      try fixture.write(text, to: ".bundletop-source")
    }
    #expect(throws: LegacyError.self) { try directory.sourceID() }
    #expect(throws: LegacyError.self) { try directory.establishSourceID("a") }
  }
}

/// The names in a folder.
enum FileNames {
  static func of(_ path: String) throws -> [String] {
    guard let folder = opendir(path) else { throw TestSupportError("cannot open \(path)") }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
