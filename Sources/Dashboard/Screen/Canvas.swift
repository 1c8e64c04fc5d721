internal import BundleModel
internal import Terminal

/// A frame being drawn, with the clock and the looks at hand; remembers when what it wrote would read otherwise.
struct Canvas {
  private(set) var frame: Frame
  let capabilities: Capabilities
  let glyphs: Glyphs
  let clock: RenderClock
  let zone: TimeZoneChoice
  /// When the picture changes next by itself; nil when it would stay.
  private(set) var nextChange: Timestamp?

  init(size: Size, capabilities: Capabilities, clock: RenderClock, zone: TimeZoneChoice) {
    frame = Frame(size: size)
    self.capabilities = capabilities
    glyphs = capabilities.glyphs
    self.clock = clock
    self.zone = zone
  }

  // MARK: Writing

  /// Writes one line and returns the columns that it took; cut with an ellipsis at `width`.
  @discardableResult
  mutating func write(_ text: String, row: Int, column: Int, width: Int? = nil, role: Role = .plain) -> Int {
    frame.write(
      shown(text), row: row, column: column, width: width, style: role.style(capabilities.colors),
      ellipsis: glyphs.ellipsis)
  }

  /// The columns that a text takes.
  func columns(of text: String) -> Int { TextWidth.columns(of: shown(text)) }

  /// Changes the looks of a stretch of a row.
  mutating func restyle(row: Int, column: Int = 0, columns: Int = Int.max, _ change: (inout Style) -> Void) {
    frame.restyle(row: row, column: column, columns: columns, change)
  }

  /// Shows the hardware cursor, if that place is on the screen.
  mutating func putCursor(row: Int, column: Int) {
    guard row >= 0, row < frame.size.rows, column >= 0, column < frame.size.columns else { return }
    frame.cursor = (row, column)
  }

  mutating func verticalLine(rows: Range<Int>, column: Int) {
    frame.verticalLine(
      row: rows.lowerBound, column: column, rows: rows.count, glyphs: glyphs,
      style: Role.dim.style(capabilities.colors))
  }

  /// Other people's letters where the terminal has ASCII only.
  private func shown(_ text: String) -> String {
    if capabilities.unicode || text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "·": out += "-"
      case "…": out += "~"
      case "•": out += "*"
      default: out.unicodeScalars.append(scalar.isASCII ? scalar : "?")
      }
    }
    return out
  }

  // MARK: Times

  /// Notes that the picture changes at a moment; moments that have passed do not count.
  mutating func changes(at moment: Timestamp?) {
    guard let moment, moment > clock.now else { return }
    nextChange = min(nextChange ?? moment, moment)
  }

  /// How old: `12s`, or `12 s` in a sentence.
  mutating func age(_ since: Timestamp, isSpaced: Bool = false) -> String {
    let age = Formats.age(since, now: clock.now, isSpaced: isSpaced)
    changes(at: age.changesAt)
    return age.text
  }

  /// Whole seconds left.
  mutating func countdown(_ until: Timestamp) -> Int64 {
    let left = Formats.countdown(until, now: clock.now)
    changes(at: left.changesAt)
    return left.seconds
  }

  /// A time of day in the person's zone.
  mutating func time(_ moment: Timestamp) -> String {
    let nowOffset = offset(clock.now)
    changes(at: Formats.midnight(after: clock.now, offset: nowOffset))
    return Formats.time(moment, offset: offset(moment), now: clock.now, nowOffset: nowOffset)
  }

  private func offset(_ moment: Timestamp) -> Int { zone == .utc ? 0 : clock.localOffset(moment) }

  /// The words of a phrase at this moment.
  mutating func text(_ phrase: Phrase) -> String {
    var out = ""
    for part in phrase.parts {
      switch part {
      case .text(let text): out += text
      case .time(let moment): out += time(moment)
      case .age(let since): out += age(since, isSpaced: true)
      case .countdown(let until): out += "\(countdown(until)) s"
      }
    }
    return out
  }
}
