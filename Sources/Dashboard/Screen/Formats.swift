internal import BundleModel

/// Times and counts as the screen shows them, with the moment at which their text changes.
enum Formats {
  /// How old, in one coarse unit, and when that text changes next.
  ///
  /// Seconds count from whole second to whole second and minutes from whole minute to whole minute of the clock,
  /// so that a screen full of ages wakes the program once a minute and not once for every row.
  static func age(_ since: Timestamp, now: Timestamp, isSpaced: Bool) -> (text: String, changesAt: Timestamp) {
    let second: Int64 = 1_000_000
    let minute = 60 * second
    let wholeSecond = floor(now.microseconds, to: second)
    let seconds = max(0, wholeSecond - since.microseconds) / second
    if seconds < 60 {
      let next = now < since ? since.microseconds : wholeSecond + second
      return ("\(seconds)\(isSpaced ? " s" : "s")", Timestamp(microseconds: next))
    }
    let minutes = max(1, (floor(now.microseconds, to: minute) - since.microseconds) / minute)
    let (size, name, spaced): (Int64, String, String) =
      minutes < 60 ? (1, "m", " min") : minutes < 1440 ? (60, "h", " h") : (1440, "d", " d")
    let count = minutes / size
    let due = since.microseconds + (count + 1) * size * minute
    let next = floor(due + minute - 1, to: minute)
    return ("\(count)\(isSpaced ? spaced : name)", Timestamp(microseconds: next))
  }

  private static func floor(_ value: Int64, to step: Int64) -> Int64 {
    let rest = value % step
    return rest < 0 ? value - rest - step : value - rest
  }

  /// Seconds left, rounded up, and when that number changes next; nil at the end.
  static func countdown(_ until: Timestamp, now: Timestamp) -> (seconds: Int64, changesAt: Timestamp?) {
    let left = until.microseconds - now.microseconds
    guard left > 0 else { return (0, nil) }
    let seconds = (left - 1) / 1_000_000 + 1
    return (seconds, until.advanced(by: .seconds(-(seconds - 1))))
  }

  /// `14:02:11`, with the day in front when that is another than today's; `offset` in seconds from UTC.
  static func time(_ moment: Timestamp, offset: Int, now: Timestamp, nowOffset: Int) -> String {
    let local = civil(moment, offset)
    let today = civil(now, nowOffset)
    let time = "\(local.hour.padded(2)):\(local.minute.padded(2)):\(local.second.padded(2))"
    if local.day == today.day && local.month == today.month && local.year == today.year { return time }
    let day = "\(local.month.padded(2))-\(local.day.padded(2))"
    return (local.year == today.year ? day : "\(local.year.padded(4))-\(day)") + " " + time
  }

  /// The next midnight, when a time of day may get its day in front.
  static func midnight(after now: Timestamp, offset: Int) -> Timestamp {
    let day: Int64 = 86_400_000_000
    let shift = Int64(offset) * 1_000_000
    let local = now.microseconds + shift
    let days = local >= 0 ? local / day : (local - day + 1) / day
    return Timestamp(microseconds: (days + 1) * day - shift)
  }

  private static func civil(_ moment: Timestamp, _ offset: Int) -> CivilTime {
    CivilTime(moment.advanced(by: .seconds(offset)))
  }

  /// Digits in groups of three: `10,000`.
  static func count(_ number: Int) -> String {
    let digits = String(number)
    var out = ""
    for (place, digit) in digits.enumerated() {
      if place > 0 && (digits.count - place) % 3 == 0 && out.last != "-" { out.append(",") }
      out.append(digit)
    }
    return out
  }
}
