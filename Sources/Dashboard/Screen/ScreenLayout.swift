internal import Terminal

/// Which rows belong to what, reckoned the same way for drawing, scrolling and the mouse.
///
/// From the outside in: what a person must see survives the smallest screen. A question or a filter being typed
/// takes the last row even when there is only one.
struct ScreenLayout: Sendable {
  let size: Size
  let header: Range<Int>
  let banner: Int?
  /// What is left for the view, or for help.
  let body: Range<Int>
  /// The body, while help takes it.
  let help: Range<Int>?
  let link: Range<Int>
  let footer: Int?

  init(_ state: DashboardState, size: Size) {
    self.size = size
    let rows = max(0, size.rows)
    let isAsking = [.question, .filter].contains(state.mode)
    let hasFooter = rows >= 3 || (isAsking && rows >= 1)
    footer = hasFooter ? rows - 1 : nil
    let bottom = hasFooter ? rows - 1 : rows
    let headerRows = rows >= 10 ? 2 : rows >= 2 ? 1 : 0
    header = 0..<min(headerRows, bottom)
    let linkRows = state.link.map { LinkLines.count($0, columns: size.columns) } ?? 0
    link = max(header.upperBound, bottom - linkRows)..<bottom
    let hasBanner = rows >= 6 && link.lowerBound - header.upperBound >= 2 && state.banner != nil
    banner = hasBanner ? header.upperBound : nil
    let top = header.upperBound + (hasBanner ? 1 : 0)
    body = top..<max(top, link.lowerBound)
    help = state.helpScroll != nil ? body : nil
  }
}
