internal import BundleModel
internal import Terminal

/// The table of the Bundles view.
extension DashboardState {
  func drawBundles(_ canvas: inout Canvas, _ layout: TableLayout) {
    guard layout.columns > 0 else { return }
    let columns = ColumnLayout<BundleColumn>(width: layout.columns)
    if let row = layout.head {
      canvas.tableHead(row: row, columns, width: layout.columns) { $0.sortKey == bundles.sortKey }
    }
    guard bundles.visibleCount > 0 else {
      drawEmpty(&canvas, layout)
      return
    }
    let first = cursor.firstRow(count: bundles.visibleCount, height: layout.rows.count)
    for (line, row) in layout.rows.enumerated() {
      let position = first + line
      guard position < bundles.visibleCount else { break }
      drawRow(&canvas, position: position, row: row, columns, layout)
    }
  }

  private func drawEmpty(_ canvas: inout Canvas, _ layout: TableLayout) {
    guard let row = layout.rows.first else { return }
    let words =
      if !hasBundles {
        connection == .connecting ? "connecting to the database" : "reading bundles"
      } else if bundles.total > 0 {
        "nothing matches the filter: Esc clears it"
      } else {
        "no bundles yet: bundletop package SLUG adds one"
      }
    canvas.write(words, row: row, column: 0, width: layout.columns, role: .dim)
  }

  private func drawRow(
    _ canvas: inout Canvas, position: Int, row: Int, _ columns: ColumnLayout<BundleColumn>, _ layout: TableLayout
  ) {
    let bundle = bundles.row(at: position)
    let extra = bundles.extra(of: bundle.slug)
    for place in columns.places {
      let text = text(of: place.column, bundle, extra, width: place.width, &canvas)
      switch place.column {
      case .slug:
        let (sign, role) = bundle.sign(canvas.glyphs)
        canvas.nameCell(text, sign: sign, role: role, row: row, place)
      case .state: canvas.cell(text, row: row, place, role: .state(bundle.state))
      case .stage: canvas.cell(text, row: row, place, role: bundle.damage == nil ? .plain : .trouble)
      case .progress: canvas.cell(text, row: row, place, role: bundle.state == .running ? .plain : .dim)
      case .note: canvas.cell(text, row: row, place, role: bundle.state == .failed ? .plain : .dim)
      default: canvas.cell(text, row: row, place)
      }
    }
    canvas.markRow(
      row, width: layout.columns, isSelected: bundle.slug == cursor.shown, isStale: connection.leavesDataStale)
  }

  private func text(
    of column: BundleColumn, _ bundle: BundleRow, _ extra: BundleExtra?, width: Int, _ canvas: inout Canvas
  ) -> String {
    switch column {
    case .slug: UntrustedText.line(bundle.slug.text, limit: 120)
    case .state: bundle.state.rawValue
    case .stage:
      if let damage = bundle.damage {
        "\(canvas.glyphs.differs) \(damage.rawValue)"
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

extension BundleRow {
  /// The sign in front of the slug: that of the state, unless the stored archive is not what was published.
  fileprivate func sign(_ glyphs: Glyphs) -> (Character, Role) {
    damage == nil ? (state.glyph(glyphs), .state(state)) : (glyphs.differs, .trouble)
  }
}
