internal import BundleModel

/// A moment as SigV4 writes it: `20130524T000000Z`.
struct AmazonDate {
  /// 16 ASCII bytes.
  let bytes: [UInt8]
  /// Days since 1970-01-01, which the signing key depends on.
  let day: Int64

  init(_ moment: Timestamp) {
    let civil = CivilTime(moment)
    var out: [UInt8] = []
    out.reserveCapacity(16)
    AmazonDate.append(civil.year, digits: 4, to: &out)
    AmazonDate.append(civil.month, digits: 2, to: &out)
    AmazonDate.append(civil.day, digits: 2, to: &out)
    out.append(84)
    AmazonDate.append(civil.hour, digits: 2, to: &out)
    AmazonDate.append(civil.minute, digits: 2, to: &out)
    AmazonDate.append(civil.second, digits: 2, to: &out)
    out.append(90)
    bytes = out
    let perDay: Int64 = 86_400_000_000
    day = (moment.microseconds - (moment.microseconds % perDay + perDay) % perDay) / perDay
  }

  /// `20130524`.
  var date: ArraySlice<UInt8> { bytes[..<8] }

  /// `20130524T000000Z`.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  private static func append(_ value: Int, digits: Int, to out: inout [UInt8]) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      out.append(UInt8(48 + value / divisor % 10))
      divisor /= 10
    }
  }
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
