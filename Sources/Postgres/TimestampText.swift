internal import BundleModel

/// The text of a timestamptz with `DateStyle = ISO`: `2026-01-02 01:04:05.678901+00`, ` BC` before the year 1,
/// `infinity` and `-infinity`. Source: Postgres manual, 8.5.2.
enum TimestampText {
  static func parse(_ text: UnsafeRawBufferPointer) -> Timestamp? {
    if let first = text.first, first == UInt8(ascii: "i") || first == UInt8(ascii: "-") {
      if text.elementsEqual("infinity".utf8) { return .infiniteFuture }
      return text.elementsEqual("-infinity".utf8) ? .infinitePast : nil
    }
    var scan = Scanner(text: text)
    guard let year = scan.number(), scan.skip("-"), let month = scan.number(), scan.skip("-"),
      let day = scan.number(), scan.skip(" "), let hour = scan.number(), scan.skip(":"),
      let minute = scan.number(), scan.skip(":"), let second = scan.number()
    else { return nil }
    let microsecond = scan.skip(".") ? scan.microseconds() : 0
    guard let microsecond, let offset = scan.offsetSeconds() else { return nil }
    let isBeforeChrist = scan.skip(" ") && scan.skip("B") && scan.skip("C")
    guard scan.isAtEnd else { return nil }
    let civil = CivilTime(
      year: isBeforeChrist ? 1 - year : year, month: month, day: day, hour: hour, minute: minute, second: second,
      microsecond: microsecond)
    guard let local = civil.timestamp else { return nil }
    return Timestamp(microseconds: local.microseconds - Int64(offset) * 1_000_000)
  }

  private struct Scanner {
    let text: UnsafeRawBufferPointer
    var position = 0

    var isAtEnd: Bool { position == text.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
      guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
      position += 1
      return true
    }

    /// One to six digits.
    mutating func number() -> Int? {
      let start = position
      var value = 0
      while let digit {
        value = value * 10 + digit
        position += 1
      }
      return (1...6).contains(position - start) ? value : nil
    }

    /// One to six digits after the point.
    mutating func microseconds() -> Int? {
      let start = position
      guard var value = number() else { return nil }
      for _ in (position - start)..<6 { value *= 10 }
      return value
    }

    /// `+00`, `-03:30` or, for times before zones were in order, `+00:19:32`.
    mutating func offsetSeconds() -> Int? {
      let sign = skip("+") ? 1 : skip("-") ? -1 : 0
      guard sign != 0, var seconds = number().map({ $0 * 3600 }) else { return nil }
      for unit in [60, 1] where skip(":") {
        guard let part = number() else { return nil }
        seconds += part * unit
      }
      return sign * seconds
    }

    private var digit: Int? {
      guard position < text.count else { return nil }
      let value = Int(text[position]) - 48
      return (0...9).contains(value) ? value : nil
    }
  }
}
