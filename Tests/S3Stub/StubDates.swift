internal import BundleModel

extension Timestamp {
  /// Reads `20130524T000000Z`; nil for anything else.
  init?(amazon text: String) {
    let digits = Array(text.utf8)
    guard digits.count == 16, digits[8] == 84, digits[15] == 90 else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      digits[range].allSatisfy({ (48...57).contains($0) })
        ? Int(String(decoding: digits[range], as: UTF8.self)) : nil
    }
    guard let year = number(0..<4), let month = number(4..<6), let day = number(6..<8), let hour = number(9..<11),
      let minute = number(11..<13), let second = number(13..<15),
      let moment = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        .timestamp
    else { return nil }
    self = moment
  }

  /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
  var httpDate: String {
    let civil = CivilTime(self)
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]  // 1970-01-01 was a Thursday
    let day = days[Int(microseconds / 86_400_000_000 % 7)]
    let clock = "\(civil.hour.padded(2)):\(civil.minute.padded(2)):\(civil.second.padded(2))"
    return "\(day), \(civil.day.padded(2)) \(months[civil.month - 1]) \(civil.year.padded(4)) \(clock) GMT"
  }
}
