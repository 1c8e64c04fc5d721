internal import BundleModel
internal import Terminal

/// The lines of a signed link: its age and the URL, masked until asked for.
enum LinkLines {
  /// How many rows it takes.
  static func count(_ overlay: LinkOverlay, columns: Int) -> Int {
    1 + (overlay.isRevealed ? urlLines(overlay, columns: columns).count : 1)
  }

  /// The URL as it may be seen: whole when revealed, else without its query, which holds the signature.
  static func urlLines(_ overlay: LinkOverlay, columns: Int) -> [String] {
    let url = UntrustedText.line(overlay.link.url.reveal(), limit: 8192)
    guard !overlay.isRevealed else { return Wrapping.lines(url, width: max(1, columns)) }
    guard let question = url.firstIndex(of: "?") else { return [url] }
    let query = url[question...]
    let name = query.contains("X-Amz-Signature=") ? "X-Amz-Signature=" : ""
    return [url[..<question] + "?" + name + "••••••••"]
  }
}

extension DashboardState {
  func drawLink(_ canvas: inout Canvas, _ layout: ScreenLayout) {
    guard let overlay = link, let row = layout.link.first else { return }
    let left = canvas.countdown(overlay.link.expiresAt)
    let version = overlay.link.version.map { UntrustedText.line($0, limit: 40) + " " } ?? ""
    let size = overlay.link.size.map { "(\(HumanText.size($0)))" } ?? ""
    let validity = left == 0 ? " expired" : " valid \(left / 60):\(Int(left % 60).padded(2))"
    let copied = overlay.copied.map { " " + canvas.text($0) } ?? ""
    canvas.line(
      row: row,
      left: [
        Segment("Link for", priority: 2), Segment(UntrustedText.line(overlay.link.slug.text), .strong, priority: 5),
        Segment(version + size, priority: 1), Segment(validity, left == 0 ? .trouble : .plain, priority: 6),
        Segment(left == 0 ? "" : bar(overlay, left, canvas.glyphs), .dim, priority: 0),
        Segment(copied, priority: 4),
      ], gap: 1)
    for (row, line) in zip(layout.link.dropFirst(), LinkLines.urlLines(overlay, columns: layout.size.columns)) {
      canvas.write(left == 0 ? "" : line, row: row, column: 0)
    }
  }

  /// Ten cells of what is left of the link's life.
  private func bar(_ overlay: LinkOverlay, _ left: Int64, _ glyphs: Glyphs) -> String {
    let whole = max(1, overlay.link.expiresAt.since(overlay.link.signedAt).components.seconds)
    let filled = Int(min(10, max(0, left * 10 / whole)))
    return String(repeating: glyphs.filled, count: filled) + String(repeating: glyphs.unfilled, count: 10 - filled)
  }
}
