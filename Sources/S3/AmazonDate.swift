internal import BundleModel

/// A moment as SigV4 writes it: `20130524T000000Z`.
struct AmazonDate {
  /// 16 ASCII bytes.
  let bytes: [UInt8]
  /// Days since 1970-01-01, which the signing key depends on.
  let day: Int64

  init(_ moment: Timestamp) {
    let civil = CivilTime(moment)
    bytes = [UInt8](unsafeUninitializedCapacity: 16) { out, count in
      func put(_ value: Int, at index: Int) {
        out[index] = UInt8(truncatingIfNeeded: 48 + value / 10 % 10)
        out[index + 1] = UInt8(truncatingIfNeeded: 48 + value % 10)
      }
      put(civil.year / 100, at: 0)
      put(civil.year % 100, at: 2)
      put(civil.month, at: 4)
      put(civil.day, at: 6)
      out[8] = 84
      put(civil.hour, at: 9)
      put(civil.minute, at: 11)
      put(civil.second, at: 13)
      out[15] = 90
      count = 16
    }
    let perDay: Int64 = 86_400_000_000
    day = (moment.microseconds - (moment.microseconds % perDay + perDay) % perDay) / perDay
  }

  /// `20130524`.
  var date: ArraySlice<UInt8> { bytes[..<8] }

  /// `20130524T000000Z`.
  var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// The Date header of an answer.
enum HTTPDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Reads `Sun, 06 Nov 1994 08:49:37 GMT` (IMF-fixdate, RFC 9110 section 5.6.7); nil for anything else.
  static func moment(_ text: String) -> Timestamp? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT", let day = Int(words[1]),
      let month = months.firstIndex(of: String(words[2])),
      let year = Int(words[3])
    else { return nil }
    let clock = words[4].split(separator: ":", omittingEmptySubsequences: false)
    guard clock.count == 3, let hour = Int(clock[0]), let minute = Int(clock[1]), let second = Int(clock[2]) else {
      return nil
    }
    return CivilTime(year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second).timestamp
  }
}
