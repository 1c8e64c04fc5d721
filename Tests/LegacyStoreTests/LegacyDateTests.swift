import BundleModel
import LegacyStore
import TestSupport
import Testing

/// What becomes of each form in which JavaScript, or people, write moments. The moment meant is always the same one.
@Suite("Moments in status files")
struct LegacyDateTests {
  private static let moment = "2026-01-02T03:04:05.000Z"

  @Test(
    "forms that everybody reads alike",
    arguments: [
      "2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.0001234Z",
      "2026-01-02T04:04:05+01:00", "2026-01-02T04:04:05+0100", "2026-01-01T22:04:05.000-05:00",
      "2026-01-02 03:04:05+00", "2026-01-02 03:04:05.000000+00", "+002026-01-02T03:04:05.000Z",
      "Fri Jan 02 2026 03:04:05 GMT+0000 (Coordinated Universal Time)",
      "Fri Jan 02 2026 04:04:05 GMT+0100 (Central European Standard Time)", "Fri Jan 02 2026 04:04:05 GMT+0100",
      "Thu Jan 01 2026 22:04:05 GMT-0500 (EST)", "Fri, 02 Jan 2026 03:04:05 GMT", "Fri, 2 Jan 2026 04:04:05 +0100",
      "02 Jan 2026 03:04:05 UTC", "Thu, 1 Jan 2026 19:04:05 PST", "fri jan 2 2026 03:04:05 utc",
      " 2026-01-02T03:04:05.000Z ", "1767323045000", "Fri, 02 Jan 2026 03:04:05 GMT +0000",
    ])
  func read(_ text: String) throws {
    let fixture = try LegacyFixture()
    try fixture.write(LegacyFixture.text("a", ["updatedAt": "\"\(text)\""]), to: "status/a.json")
    let entry = try fixture.entry()
    #expect(entry.status.updatedAt.iso8601 == Self.moment)
    // What is not as AppHub writes it is noted.
    #expect(entry.notes.isEmpty == (text == Self.moment), "\(entry.notes)")
  }

  @Test(
    "forms without seconds, and dates alone, which ECMA-262 reads as UTC",
    arguments: [
      ("2026-01-02", "2026-01-02T00:00:00.000Z"), ("2026-01-02T03:04Z", "2026-01-02T03:04:00.000Z"),
      ("2026-01-02T03:04+01:00", "2026-01-02T02:04:00.000Z"), ("2 Jan 2026 03:04 GMT", "2026-01-02T03:04:00.000Z"),
      ("2024-02-29T00:00:00.000Z", "2024-02-29T00:00:00.000Z"),
      ("0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"),
      ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
    ])
  func shortened(_ text: String, _ expected: String) throws {
    let fixture = try LegacyFixture()
    try fixture.write(LegacyFixture.text("a", ["createdAt": "\"\(text)\""]), to: "status/a.json")
    #expect(try fixture.entry().status.createdAt.iso8601 == expected)
  }

  @Test(
    "forms that nobody can be sure of, and what is no moment",
    arguments: [
      "", " ", "Invalid Date", "NaN", "null", "yesterday", "2026-01-02T03:04:05", "2026-01-02 03:04:05",
      "Fri Jan 02 2026", "Fri Jan 02 2026 03:04:05", "03:04:05 GMT+0000 (UTC)", "1/2/2026, 3:04:05 AM",
      "02/01/2026 03:04:05", "2.1.2026, 03:04:05", "1767323045", "5", "-1", "1e12", "2026", "2026-01",
      "2026-13-01T00:00:00.000Z", "2026-02-29T00:00:00.000Z", "2026-01-02T24:00:00.000Z",
      "2026-01-02T03:04:60.000Z",
      "-000000-01-01T00:00:00.000Z", "-000001-01-01T00:00:00.000Z", "+012026-01-02T03:04:05.000Z",
      "+275760-09-13T00:00:00.000Z", "0000-01-01T00:00:00.000Z", "Fri Jan 02 12026 03:04:05 GMT", "infinity",
      "epoch",
      "2026-W01-5T03:04:05Z", "٢٠٢٦-01-02T03:04:05.000Z", "32 Jan 2026 03:04:05 GMT", "2 Foo 2026 03:04:05 GMT",
      "Fri, 02 Jan 2026 03:04:05 XYZ", "Fri, 02 Jan 2026 03:04:05 GMT+9999", "2026-01-02T03:04:05.Z",
      "2026-01-02T03:04:05.000Zx",
    ])
  func refused(_ text: String) throws {
    let fixture = try LegacyFixture()
    try fixture.write(LegacyFixture.text("a", ["updatedAt": "\"\(text)\""]), to: "status/a.json")
    #expect(try fixture.outcomes() == ["status/a.json date"])
  }

  @Test(
    "numbers are milliseconds, unless they may be seconds",
    arguments: [
      ("1767323045000", moment), ("1767323045000.7", moment), ("1.767323045e12", moment), ("1767323045", nil),
      ("0", nil), ("-1", nil), ("1e300", nil), ("253402300800000", nil),
      ("253402300799999", "9999-12-31T23:59:59.999Z"),
    ] as [(String, String?)])
  func numbers(_ number: String, _ expected: String?) throws {
    let fixture = try LegacyFixture()
    try fixture.write(LegacyFixture.text("a", ["updatedAt": number]), to: "status/a.json")
    if let expected {
      #expect(try fixture.entry().status.updatedAt.iso8601 == expected)
      #expect(try fixture.entry().notes.count == 1)
    } else {
      #expect(try fixture.outcomes() == ["status/a.json date"])
    }
  }
}
