package import BundleModel

/// A moment as header fields write it: `Sun, 06 Nov 1994 08:49:37 GMT`. Source: RFC 9110 section 5.6.7.
package enum HTTPDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The text, in whole seconds.
  package static func text(_ moment: Timestamp) -> String {
    let time = CivilTime(moment)
    let midnight = CivilTime(year: time.year, month: time.month, day: time.day).timestamp ?? moment
    let day = Int((midnight.microseconds / 86_400_000_000 % 7 + 7) % 7)
    return "\(days[day]), \(time.day.padded(2)) \(months[time.month - 1]) \(time.year.padded(4)) "
      + "\(time.hour.padded(2)):\(time.minute.padded(2)):\(time.second.padded(2)) GMT"
  }
}
