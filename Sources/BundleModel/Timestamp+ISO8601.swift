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
