import BundleModel
import Testing

@Suite("Timestamps")
struct TimestampTests {
  @Test(
    "ISO 8601 is read and written as JavaScript does",
    arguments: [
      ("1970-01-01T00:00:00.000Z", 0),
      ("2026-01-02T03:04:05.678Z", 1_767_323_045_678_000),
      ("2000-02-29T23:59:59.999Z", 951_868_799_999_000),
      ("1969-12-31T23:59:59.999Z", -1_000),
    ] as [(String, Int64)])
  func roundTrip(text: String, microseconds: Int64) throws {
    let moment = try #require(Timestamp(iso8601: text))
    #expect(moment.microseconds == microseconds)
    #expect(moment.iso8601 == text)
  }

  @Test(
    "Other spellings and offsets are the same moment",
    arguments: [
      "2026-01-02 03:04:05.678+00", "2026-01-02T04:04:05.678+01:00", "2026-01-01T22:34:05.678000-0430",
      "2026-01-02T03:04:05.678000999Z",
    ])
  func spellings(text: String) {
    #expect(Timestamp(iso8601: text)?.microseconds == 1_767_323_045_678_000)
  }

  @Test(
    "What is not a moment is refused",
    arguments: [
      "", "2026", "2026-13-01T00:00:00Z", "2025-02-29T00:00:00Z", "2026-01-02T03:04:05", "2026-01-02T25:00:00Z",
      "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05Zx", "infinity",
    ])
  func refused(text: String) {
    #expect(Timestamp(iso8601: text) == nil)
  }

  @Test("Every day from 1600 to 2400 survives the round trip")
  func everyDay() {
    var previous: CivilTime?
    for day in -135_140...157_054 {
      let moment = Timestamp(microseconds: Int64(day) * 86_400_000_000)
      let civil = CivilTime(moment)
      #expect(civil.timestamp == moment)
      #expect(civil != previous)
      previous = civil
    }
  }

  @Test(
    "Spans are exact, and end where 64 bits of microseconds end",
    arguments: [
      (5_000_000, 2_000_000, 3_000_000), (0, 1, -1), (.max, -1, .max), (.min, 1, .min), (.max, .min, .max),
      (.max, .max, 0), (0, .min, .max),
    ] as [(Int64, Int64, Int64)])
  func spans(later: Int64, earlier: Int64, microseconds: Int64) {
    #expect(
      Timestamp(microseconds: later).since(Timestamp(microseconds: earlier)) == .microseconds(microseconds))
  }

  @Test(
    "Moments move, and stop where 64 bits of microseconds end",
    arguments: [
      (0, .seconds(2), 2_000_000), (10, .microseconds(-11), -1), (0, .nanoseconds(1999), 1),
      (.max, .seconds(1), .max), (.min, .seconds(-1), .min), (0, .seconds(Int64.max), .max),
      (0, .seconds(Int64.min), .min),
    ] as [(Int64, Duration, Int64)])
  func moves(start: Int64, span: Duration, end: Int64) {
    #expect(Timestamp(microseconds: start).advanced(by: span).microseconds == end)
  }
}
