import BundleModel
import LegacyStore
import TestSupport
import Testing

/// What becomes of each text that a status file may hold.
@Suite("The text of status files")
struct LegacyTextTests {
  private static func changed(_ name: String, _ value: String?) -> [UInt8] {
    Array(LegacyFixture.text("alpha", [name: value]).utf8)
  }

  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  private static let sound = LegacyFixture.text()
  private static let nest = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
  private static let deep = String(repeating: "[", count: 50_000)

  /// A text and the defect that it is; nil: it is taken.
  private static let table: [(String, [UInt8], LegacyDefect.Kind?)] = [
    ("sound", bytes(sound), nil),
    ("blanks around", bytes("\n\r\t " + sound + " \n\n"), nil),
    ("members that nobody knows", changed("extra", "{\"a\": [1, 2, {\"b\": null}]}"), nil),
    ("null where a text may be missing", changed("jobId", "null"), nil),
    ("nothing", [], .empty),
    ("blanks alone", bytes(" \n\t\r\n"), .empty),
    ("cut off", Array(sound.utf8.dropLast(20)), .syntax),
    ("cut off in a string", Array(sound.utf8.prefix(12)), .syntax),
    ("two documents", bytes(sound + sound), .syntax),
    ("a comment", bytes("// x\n" + sound), .syntax),
    ("zeros, as crashes leave them", [UInt8](repeating: 0, count: 300), .syntax),
    ("half a surrogate pair", changed("message", "\"\\ud800\""), .syntax),
    ("a control character", changed("message", "\"a\u{1}b\""), .syntax),
    ("deep", changed("extra", nest), .syntax),
    ("deep without an end", bytes(deep), .syntax),
    ("a byte order mark", [0xEF, 0xBB, 0xBF] + bytes(sound), .encoding),
    ("UTF-16", [0xFF, 0xFE] + sound.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }, .encoding),
    ("Latin-1", bytes(sound.dropLast() + ", \"message\": \"caf") + [0xE9] + bytes("\"}"), .encoding),
    ("an overlong slash", bytes(sound.dropLast() + ", \"message\": \"") + [0xC0, 0xAF] + bytes("\"}"), .encoding),
    ("large", bytes(String(repeating: " ", count: 262_144) + sound), .tooLarge),
    ("an array", bytes("[" + sound + "]"), .shape),
    ("null", bytes("null"), .shape),
    ("a string", bytes("\"alpha\""), .shape),
    ("an empty object", bytes("{}"), .shape),
    ("no slug", changed("slug", nil), .shape), ("no fingerprint", changed("fingerprint", nil), .shape),
    ("no stage", changed("stage", nil), .shape), ("no state", changed("state", nil), .shape),
    ("no updatedAt", changed("updatedAt", nil), .shape), ("no createdAt", changed("createdAt", nil), .shape),
    ("a number for a slug", changed("slug", "5"), .shape),
    ("a blank fingerprint", changed("fingerprint", "\" \""), .shape),
    ("null for a fingerprint", changed("fingerprint", "null"), .shape),
    ("a number for a job", changed("jobId", "12"), .shape),
    ("a string for a boolean", changed("cached", "\"true\""), .shape),
    ("an object for an error", changed("error", "{\"message\": \"x\"}"), .shape),
    ("an array for a file name", changed("filename", "[\"a.tgz\"]"), .shape),
    ("null for a moment", changed("updatedAt", "null"), .shape),
    ("a NUL in a file name", changed("filename", "\"a\\u0000.tgz\""), .shape),
    ("a NUL in an error", changed("error", "\"a\\u0000b\""), nil),
    ("an unknown stage", changed("stage", "\"building\""), nil),
    ("an unknown state", changed("state", "\"done\""), nil),
    ("a state that is another stage's", changed("state", "\"running\""), nil),
    ("a name twice", bytes(sound.dropLast() + ", \"slug\": \"alpha\"}"), .duplicateKey),
    ("a name twice, once escaped", bytes(sound.dropLast() + ", \"sl\\u0075g\": \"beta\"}"), .duplicateKey),
    ("a name twice within", changed("extra", "{\"a\": 1, \"\\u0061\": 2}"), .duplicateKey),
    ("no moment", changed("createdAt", "\"yesterday\""), .date),
  ]

  @Test("each text has its outcome", arguments: table)
  func outcome(what: String, text: [UInt8], kind: LegacyDefect.Kind?) throws {
    let fixture = try LegacyFixture()
    try fixture.write(text, to: "status/alpha.json")
    let expected = kind.map { "status/alpha.json \($0.rawValue)" } ?? "status/alpha.json entry alpha"
    #expect(try fixture.outcomes() == [expected])
    if case .defect(let defect)? = try fixture.items().first {
      #expect(defect.slug == Slug("alpha") && !defect.reason.isEmpty && defect.reason.utf8.count <= 400)
      #expect(UntrustedText.line(defect.reason) == defect.reason)
    }
    // The same by slug.
    let byName = try fixture.directory.entry(slug: Slug("alpha")!)
    #expect(try fixture.items() == [byName].compactMap(\.self))
  }

  @Test("all members are read, blank ones are none, and what is odd is noted")
  func members() throws {
    let fixture = try LegacyFixture()
    try fixture.write(
      LegacyFixture.text(
        " BETA ",
        [
          "jobId": "\"j-1\"", "version": "\" \"", "checksum": "\" ABCDEF \"", "filename": "\"a b.tgz\"",
          "cached": "false", "error": "\"a\\u0000b\\nc\"", "message": "\"\"", "stage": "\"building\"",
          "state": "\"done\"",
        ]), to: "status/alpha.json")
    let entry = try fixture.entry()
    let status = entry.status
    #expect(status.slug.text == "alpha" && status.fingerprint.text == "f1")
    #expect(status.stage == .queued && status.state == .queued)
    #expect(status.updatedAt.iso8601 == "2025-01-02T03:04:05.678Z")
    #expect(status.createdAt.iso8601 == "2025-01-01T00:00:00.000Z")
    #expect(status.jobID == "j-1" && status.version == nil && status.checksum == "abcdef")
    #expect(status.filename == "a b.tgz" && status.cached == false)
    #expect(status.error == "a\u{FFFD}b\nc" && status.message == "")
    #expect(entry.notes.count == 4, "\(entry.notes)")
    #expect(entry.notes.contains { $0.contains("BETA") && $0.contains("file's name counts") })
    #expect(entry.notes.contains { $0.contains("'building' is unknown") })
    #expect(entry.notes.contains { $0.contains("'done' is unknown") })
  }

  @Test("a file says what it was when it was read")
  func facts() throws {
    let fixture = try LegacyFixture()
    try fixture.write("abc", to: "status/x.json")
    try fixture.write(Self.sound, to: "status/alpha.json")
    let file = try fixture.entry().file
    #expect(file.path == "status/alpha.json" && file.size == Int64(Self.sound.utf8.count))
    let sum = try TestFile.bytes(of: fixture.directory.path + "/status/alpha.json")
    #expect(sum.count == Int(file.size))
    #expect(try fixture.directory.statusFiles().first?.stamp?.modifiedAt == file.modifiedAt)
  }
}
