internal import BundleModel
internal import Terminal

/// The first lines: which database, how fresh, which pods, how many bundles in which state.
extension DashboardState {
  func drawHeader(_ canvas: inout Canvas, _ layout: ScreenLayout) {
    let extent = view.content.extent(of: self)
    if layout.header.count >= 2 {
      canvas.line(
        row: 0,
        left: [
          Segment("bundletop", .strong, priority: 5), Segment(configuration.database, priority: 3),
        ],
        right: [readOnlySegment, podsSegment, connectionSegment(&canvas, isShort: false)])
      canvas.line(
        row: 1, left: countSegments(canvas, isShort: false),
        right: [filterSegment(extent), shownSegment(extent), storageSegment, zoneSegment])
    } else if layout.header.count == 1 {
      let counts = countSegments(canvas, isShort: true)
      canvas.line(
        row: 0, left: [connectionSegment(&canvas, isShort: true)] + counts,
        right: [shownSegment(extent), podsSegment, Segment("bundletop", .strong, priority: 0)], gap: 1)
    }
  }

  private var readOnlySegment: Segment {
    Segment(configuration.isReadOnly ? "read-only" : "", .warning, priority: 4)
  }

  private var zoneSegment: Segment { Segment(zone == .utc ? "UTC" : "local time", .dim, priority: 1) }

  private var podsSegment: Segment {
    guard let pods else { return Segment("", priority: 2) }
    let known = pods.count { !$0.isStopped }
    let alive = pods.count { $0.presence == .live }
    return Segment("pods \(alive)/\(known)", alive == 0 ? .trouble : alive < known ? .warning : .plain, priority: 6)
  }

  private func filterSegment(_ extent: ViewExtent) -> Segment {
    Segment(extent.isFiltered ? "filter: \(extent.filter)" : "", .strong, priority: 3)
  }

  private func shownSegment(_ extent: ViewExtent) -> Segment {
    guard extent.isKnown else { return Segment("", priority: 5) }
    let total = Formats.count(extent.total)
    guard extent.isFiltered else {
      return Segment("\(total) \(extent.noun)\(extent.total == 1 ? "" : "s")", priority: 2)
    }
    return Segment("\(Formats.count(extent.visible)) of \(total)", .strong, priority: 6)
  }

  private func countSegments(_ canvas: Canvas, isShort: Bool) -> [Segment] {
    guard hasBundles else { return [] }
    let states = BundleState.byTrouble.map { state in
      let count = bundles.count(state)
      let word = isShort ? String(state.glyph(canvas.glyphs)) : "\(state.countWord) "
      let importance = 10 - Int(state.trouble)
      return Segment(word + Formats.count(count), count == 0 ? .dim : .state(state), priority: importance)
    }
    let damages = [Verification.mismatch, .missing].filter { bundles.count($0) > 0 }
    guard !damages.isEmpty else { return states }
    if isShort {
      let count = damages.reduce(0) { $0 + bundles.count($1) }
      return states + [Segment("\(canvas.glyphs.differs)" + Formats.count(count), .trouble, priority: 9)]
    }
    return states
      + damages.map { Segment("\($0.rawValue) \(Formats.count(bundles.count($0)))", .trouble, priority: 9) }
  }

  private var storageSegment: Segment {
    switch storage {
    case .unknown: Segment("", priority: 2)
    case .reachable: Segment("storage ok", priority: 2)
    case .unreachable: Segment("storage unreachable", .trouble, priority: 8)
    case .notConfigured: Segment("storage not configured", .warning, priority: 4)
    }
  }

  private func connectionSegment(_ canvas: inout Canvas, isShort: Bool) -> Segment {
    let good = canvas.glyphs.active
    switch connection {
    case .connecting: return Segment("\(canvas.glyphs.waiting) connecting", .warning, priority: 11)
    case .live(let latency):
      let time = isShort ? "" : latency.map { " " + Self.milliseconds($0) } ?? ""
      return Segment("\(good) live\(time)", .state(.completed), priority: 11)
    case .polling: return Segment("\(canvas.glyphs.waiting) polling", .warning, priority: 11)
    case .blind(let since):
      let age = canvas.age(since, isSpaced: true)
      return Segment("\(canvas.glyphs.failure) blind for \(age)", .trouble, priority: 11)
    case .lost(let since, let nextTry, _):
      let age = canvas.age(since, isSpaced: true)
      if isShort { return Segment("\(canvas.glyphs.failure) lost \(age)", .trouble, priority: 11) }
      var words = "\(canvas.glyphs.failure) database unreachable for \(age)"
      if let nextTry {
        let seconds = canvas.countdown(nextTry)
        words += seconds == 0 ? " · trying" : " · next try in \(seconds) s"
      }
      let full = words + " · data from \(canvas.time(since))"
      let room = canvas.frame.size.columns
      return Segment(canvas.columns(of: full) <= room ? full : words, .trouble, priority: 11)
    }
  }

  /// `3 ms`, and `0.4 ms` below one.
  private static func milliseconds(_ span: Duration) -> String {
    let (seconds, attoseconds) = span.components
    let tenths = seconds * 10_000 + attoseconds / 100_000_000_000_000
    return tenths < 10 ? "0.\(max(0, tenths)) ms" : "\(tenths / 10) ms"
  }
}

extension BundleState {
  /// The word in the header.
  var countWord: String { self == .completed ? "done" : rawValue }
}
