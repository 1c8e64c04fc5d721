internal import BundleModel

/// Moments in the forms in which JavaScript writes them.
///
/// Source: ECMA-262 section 21.4.1.32 (ISO form, years of six digits) and 21.4.4.41 to 44 (`toString`,
/// `toUTCString`); RFC 2822 section 3.3 and 4.3 for dates of mails.
enum JavaScriptDate {
  /// The moment; nil when it is none, or none that everybody reads alike (no time zone, day and month by number), or
  /// of a year that has not four digits.
  static func parse(_ text: String) -> Timestamp? {
    let text = String(text.trimmingBlanks())
    guard text.utf8.count <= 100 else { return nil }
    let moment = Timestamp(iso8601: text) ?? isoForms(text) ?? milliseconds(text) ?? mailForms(text)
    return moment.flatMap { isInRange($0) ? $0 : nil }
  }

  /// Milliseconds since 1970, as `Date.now()` gives them; seconds (anything before 1973) are not guessed at.
  static func parse(milliseconds: Double) -> Timestamp? {
    guard milliseconds >= 100_000_000_000, milliseconds < 253_402_300_800_000 else { return nil }
    return Timestamp(microseconds: Int64(milliseconds.rounded(.down)) * 1000)
  }

  /// Year 1 to 9999: no clock of AppHub's showed another, and not every program reads one.
  static func isInRange(_ moment: Timestamp) -> Bool {
    (-62_135_596_800_000_000..<253_402_300_800_000_000).contains(moment.microseconds)
  }

  /// `±YYYYYY-…`, a date alone (midnight UTC, says ECMA-262), no seconds.
  private static func isoForms(_ text: String) -> Timestamp? {
    guard let sign = text.utf8.first else { return nil }
    if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
      let digits = text.utf8.dropFirst().prefix(6)
      // A year of six digits is a short one or out of range.
      guard sign == UInt8(ascii: "+"), digits.starts(with: "00".utf8), digits.count == 6 else { return nil }
      return Timestamp(iso8601: String(text.dropFirst(3)))
    }
    let bytes = Array(text.utf8)
    if bytes.count == 10 { return Timestamp(iso8601: text + "T00:00:00Z") }
    if bytes.count >= 17, bytes[13] == UInt8(ascii: ":"), [43, 45, 90].contains(bytes[16]) {
      return Timestamp(iso8601: "\(text.prefix(16)):00\(text.dropFirst(16))")
    }
    return nil
  }

  private static func milliseconds(_ text: String) -> Timestamp? {
    guard (12...16).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Double(text).flatMap { parse(milliseconds: $0) }
  }

  /// `Fri Jan 02 2026 03:04:05 GMT+0100 (CET)`, `Fri, 02 Jan 2026 03:04:05 GMT`, `2 Jan 2026 03:04 +0100`.
  private static func mailForms(_ text: String) -> Timestamp? {
    var text = Substring(text)
    if text.hasSuffix(")"), let comment = text.firstIndex(of: "(") { text = text[..<comment] }
    var words = text.split(whereSeparator: { $0 == " " || $0 == "," }).map { $0.lowercased() }
    if let first = words.first, weekdays.contains(String(first.prefix(3))), first.allSatisfy(\.isLetter) {
      words.removeFirst()
    }
    guard words.count == 5 || words.count == 6 else { return nil }
    if months[words[0]] != nil { words.swapAt(0, 1) }
    // `GMT +0100`
    let zone = words.count == 6 ? words[4] + words[5] : words[4]
    guard let day = number(words[0], digits: 1...2), let month = months[words[1]],
      let year = number(words[2], digits: 4...6), let offset = offset(zone),
      let (hour, minute, second) = clock(words[3]),
      let local = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        .timestamp
    else { return nil }
    return Timestamp(microseconds: local.microseconds - Int64(offset) * 60_000_000)
  }

  private static func clock(_ text: String) -> (Int, Int, Int)? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map {
      number(String($0), digits: 2...2)
    }
    guard parts.count == 2 || parts.count == 3, let hour = parts[0], let minute = parts[1] else { return nil }
    guard parts.count == 3 else { return (hour, minute, 0) }
    return parts[2].map { (hour, minute, $0) }
  }

  /// Minutes east of Greenwich.
  private static func offset(_ text: String) -> Int? {
    var rest = Substring(text)
    for name in ["gmt", "utc", "ut", "z"] where rest.hasPrefix(name) {
      rest = rest.dropFirst(name.count)
      if rest.isEmpty { return 0 }
      break
    }
    if rest.count == text.count, let hours = american[text] { return hours * 60 }
    guard let sign = rest.first, sign == "+" || sign == "-" else { return nil }
    let digits = rest.dropFirst().filter { $0 != ":" }
    guard let value = number(String(digits), digits: 4...4), value % 100 < 60, value <= 1800 else { return nil }
    let minutes = value / 100 * 60 + value % 100
    return sign == "-" ? -minutes : minutes
  }

  private static func number(_ text: String, digits: ClosedRange<Int>) -> Int? {
    guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text)
  }

  private static let weekdays: Set<String> = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
  private static let months: [String: Int] = [
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10,
    "nov": 11, "dec": 12,
  ]
  /// RFC 2822 section 4.3, hours east of Greenwich.
  private static let american = [
    "edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8,
  ]
}
