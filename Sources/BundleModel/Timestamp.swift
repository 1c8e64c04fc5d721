/// A moment, in whole microseconds since 1970-01-01T00:00:00Z: the resolution of Postgres.
package struct Timestamp: Hashable, Comparable, Sendable {
  /// Microseconds since the Unix epoch.
  package var microseconds: Int64

  package init(microseconds: Int64) { self.microseconds = microseconds }

  package static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

  /// The span from `earlier` to this moment, negative when `earlier` is later. Ends at what 64 bits of microseconds
  /// hold, for a database can say `infinity`.
  package func since(_ earlier: Timestamp) -> Duration {
    let (span, overflow) = microseconds.subtractingReportingOverflow(earlier.microseconds)
    return .microseconds(overflow ? (microseconds < 0 ? .min : .max) : span)
  }

  /// The moment `span` later, at most the last one that 64 bits of microseconds hold.
  package func advanced(by span: Duration) -> Timestamp {
    let (seconds, attoseconds) = span.components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    let (sum, carry) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000)
    let (moment, beyond) = microseconds.addingReportingOverflow(sum)
    if overflow || carry || beyond { return Timestamp(microseconds: seconds < 0 ? .min : .max) }
    return Timestamp(microseconds: moment)
  }
}

/// A moment split into the fields of the proleptic Gregorian calendar, UTC.
package struct CivilTime: Equatable, Sendable {
  package var year: Int
  package var month: Int
  package var day: Int
  package var hour: Int
  package var minute: Int
  package var second: Int
  package var microsecond: Int

  package init(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0
  ) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
    self.microsecond = microsecond
  }

  /// Splits a moment.
  ///
  /// Source: Howard Hinnant's `civil_from_days`, exact for every date that fits.
  package init(_ moment: Timestamp) {
    let perDay: Int64 = 86_400_000_000
    var days = moment.microseconds / perDay
    var rest = moment.microseconds % perDay
    if rest < 0 {
      rest += perDay
      days -= 1
    }
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let seconds = rest / 1_000_000
    day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
    year = Int(yearOfEra + era * 400 + (month <= 2 ? 1 : 0))
    hour = Int(seconds / 3600)
    minute = Int(seconds / 60 % 60)
    second = Int(seconds % 60)
    microsecond = Int(rest % 1_000_000)
  }

  /// The moment, or nil when a field is out of range or the day does not exist.
  package var timestamp: Timestamp? {
    guard (1...12).contains(month), (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second),
      (0...999_999).contains(microsecond), (-200_000...200_000).contains(year),
      day >= 1, day <= CivilTime.days(inMonth: month, of: year)
    else { return nil }
    let shiftedYear = Int64(month <= 2 ? year - 1 : year)
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let shiftedMonth = Int64(month > 2 ? month - 3 : month + 9)
    let dayOfYear = (153 * shiftedMonth + 2) / 5 + Int64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    let seconds = days * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    return Timestamp(microseconds: seconds * 1_000_000 + Int64(microsecond))
  }

  private static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension Timestamp {
  /// ISO 8601 as JavaScript's `toISOString` writes it: `2026-01-02T03:04:05.678Z`, milliseconds cut.
  package var iso8601: String {
    var bytes: [UInt8] = []
    appendISO8601(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads `2026-01-02T03:04:05[.fraction](Z|±hh[:mm])`, also with a blank for the `T`; nil for anything else.
  package init?(iso8601 text: String) {
    var scan = DigitScanner(text.utf8)
    guard let year = scan.number(4), scan.skip("-"), let month = scan.number(2), scan.skip("-"),
      let day = scan.number(2), scan.skip("T") || scan.skip(" "), let hour = scan.number(2), scan.skip(":"),
      let minute = scan.number(2), scan.skip(":"), let second = scan.number(2)
    else { return nil }
    let fraction = scan.skip(".") ? scan.fraction() : 0
    guard let microsecond = fraction, let offset = scan.offsetSeconds(), scan.isAtEnd,
      let local = CivilTime(
        year: year, month: month, day: day, hour: hour, minute: minute, second: second, microsecond: microsecond
      ).timestamp
    else { return nil }
    self.init(microseconds: local.microseconds - Int64(offset) * 1_000_000)
  }
}

extension Int {
  /// The number with leading zeros up to `width` digits.
  package func padded(_ width: Int) -> String {
    let digits = String(magnitude)
    let zeros = String(repeating: "0", count: Swift.max(0, width - digits.count))
    return (self < 0 ? "-" : "") + zeros + digits
  }
}

/// Reads fixed-width decimal fields; the part of ISO 8601 that Postgres and JavaScript write.
private struct DigitScanner {
  private var rest: Substring.UTF8View

  init(_ utf8: String.UTF8View) { rest = utf8[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func skip(_ character: Character) -> Bool {
    guard let first = rest.first, first == character.asciiValue else { return false }
    rest.removeFirst()
    return true
  }

  mutating func number(_ digits: Int) -> Int? {
    var value = 0
    for _ in 0..<digits {
      guard let digit = nextDigit() else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  mutating func fraction() -> Int? {
    var value = 0
    var count = 0
    while let digit = nextDigit() {
      if count < 6 { value = value * 10 + digit }
      count += 1
    }
    guard count > 0 else { return nil }
    for _ in min(count, 6)..<6 { value *= 10 }
    return value
  }

  mutating func offsetSeconds() -> Int? {
    if skip("Z") || skip("z") { return 0 }
    let sign = skip("+") ? 1 : skip("-") ? -1 : 0
    guard sign != 0, let hours = number(2) else { return nil }
    _ = skip(":")
    let minutes = isAtEnd ? 0 : number(2)
    guard let minutes else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }

  private mutating func nextDigit() -> Int? {
    guard let first = rest.first, (48...57).contains(first) else { return nil }
    rest.removeFirst()
    return Int(first) - 48
  }
}
