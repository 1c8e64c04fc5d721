internal import BundleModel
internal import Terminal

/// The table of the Bundles view.
extension DashboardState {
  func drawBundles(_ canvas: inout Canvas, _ layout: ScreenLayout) {
    guard layout.listColumns > 0 else { return }
    let columns = ColumnLayout(width: layout.listColumns)
    if let row = layout.tableHead { drawHead(&canvas, row, columns, layout) }
    guard bundles.visibleCount > 0 else {
      drawEmpty(&canvas, layout)
      return
    }
    let first = cursor.firstRow(count: bundles.visibleCount, height: layout.list.count)
    for (line, row) in layout.list.enumerated() {
      let position = first + line
      guard position < bundles.visibleCount else { break }
      drawRow(&canvas, position: position, row: row, columns, layout)
    }
  }

  private func drawHead(_ canvas: inout Canvas, _ row: Int, _ columns: ColumnLayout, _ layout: ScreenLayout) {
    for place in columns.places {
      var title = place.column.title
      if place.column.sortKey == bundles.sortKey { title += " \(canvas.glyphs.sortedDown)" }
      if place.column == .slug { title = "  " + title }
      write(title, &canvas, row, place, role: .dim)
    }
    canvas.restyle(row: row, columns: layout.listColumns) { $0.attributes = [.dim, .underline] }
  }

  private func drawEmpty(_ canvas: inout Canvas, _ layout: ScreenLayout) {
    guard let row = layout.list.first else { return }
    let words =
      if !hasBundles {
        connection == .connecting ? "connecting to the database" : "reading bundles"
      } else if bundles.total > 0 {
        "nothing matches the filter: Esc clears it"
      } else {
        "no bundles yet: bundletop package SLUG adds one"
      }
    canvas.write(words, row: row, column: 0, width: layout.listColumns, role: .dim)
  }

  private func drawRow(
    _ canvas: inout Canvas, position: Int, row: Int, _ columns: ColumnLayout, _ layout: ScreenLayout
  ) {
    let bundle = bundles.row(at: position)
    let extra = bundles.extra(of: bundle.slug)
    for place in columns.places {
      let text = text(of: place.column, bundle, extra, width: place.width, &canvas)
      switch place.column {
      case .slug:
        if bundle.damage != nil {
          let glyph = Verification.damageGlyph(unicode: canvas.capabilities.unicode)
          canvas.write(glyph, row: row, column: place.start, role: .trouble)
        } else {
          let glyph = bundle.state.glyph(unicode: canvas.capabilities.unicode)
          canvas.write(glyph, row: row, column: place.start, role: .state(bundle.state))
        }
        canvas.write(text, row: row, column: place.start + 2, width: place.width - 2)
      case .state: write(text, &canvas, row, place, role: .state(bundle.state))
      case .stage: write(text, &canvas, row, place, role: bundle.damage == nil ? .plain : .trouble)
      case .progress: write(text, &canvas, row, place, role: bundle.state == .running ? .plain : .dim)
      case .note: write(text, &canvas, row, place, role: bundle.state == .failed ? .plain : .dim)
      default: write(text, &canvas, row, place)
      }
    }
    let isSelected = bundle.slug == cursor.shown
    let isStale = !connection.isUsable && connection != .connecting
    guard isSelected || isStale else { return }
    canvas.restyle(row: row, columns: layout.listColumns) { style in
      if isSelected { style = Style(attributes: .reverse) }
      if isStale { style.attributes.insert(.dim) }
    }
    if isSelected { canvas.putCursor(row: row, column: 0) }
  }

  private func write(
    _ text: String, _ canvas: inout Canvas, _ row: Int, _ place: ColumnLayout.Place, role: Role = .plain
  ) {
    let shift = place.column.isRightAligned ? max(0, place.width - canvas.columns(of: text)) : 0
    canvas.write(text, row: row, column: place.start + shift, width: place.width - shift, role: role)
  }

  private func text(
    of column: BundleColumn, _ bundle: BundleRow, _ extra: BundleExtra?, width: Int, _ canvas: inout Canvas
  ) -> String {
    switch column {
    case .slug: UntrustedText.line(bundle.slug.text, limit: 120)
    case .state: bundle.state.rawValue
    case .stage:
      if let damage = bundle.damage {
        "\(Verification.damageGlyph(unicode: canvas.capabilities.unicode)) \(damage.rawValue)"
      } else {
        Self.stageText(bundle, extra)
      }
    case .progress: Self.progressBar(bundle, extra, width: width, canvas.glyphs)
    case .version: bundle.version
    case .size: bundle.size < 0 ? "" : HumanText.size(bundle.size)
    case .checksum: UntrustedText.line((bundle.checksum.string ?? "").prefix(width))
    case .pod: bundles.podName(of: bundle)
    case .attempt: bundle.attempt == 0 ? "" : String(bundle.attempt)
    case .age: canvas.age(bundle.since)
    case .note: extra?.note ?? ""
    }
  }

  /// The stage where it says more than the state.
  private static func stageText(_ bundle: BundleRow, _ extra: BundleExtra?) -> String {
    switch bundle.stage {
    case .queued, .failed: return ""
    case .completed: return bundle.isCached ? "cache-hit" : ""
    case .resolving, .cacheHit: return bundle.stage.rawValue
    case .installingDependencies: return "installing"
    case .packaging:
      guard let extra, extra.bytesTotal > 0 else { return "packaging" }
      return "uploading \(Int(Double(extra.bytesDone) * 100 / Double(extra.bytesTotal))) %"
    }
  }

  private static func progressBar(
    _ bundle: BundleRow, _ extra: BundleExtra?, width: Int, _ glyphs: Glyphs
  ) -> String {
    let filled: Int
    switch bundle.stage {
    case .queued, .failed: return ""
    case .resolving: filled = width / 10
    case .installingDependencies: filled = width * 3 / 10
    case .packaging:
      let share = extra.map { $0.bytesTotal > 0 ? Double($0.bytesDone) / Double($0.bytesTotal) : 0 } ?? 0
      filled = width / 2 + Int(share * Double(width - width / 2 - 1))
    case .cacheHit: filled = max(0, width - 1)
    case .completed: filled = width
    }
    return String(repeating: glyphs.filled, count: filled)
      + String(repeating: glyphs.unfilled, count: max(0, width - filled))
  }
}
