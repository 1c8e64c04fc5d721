internal import BundleModel

/// The detail pane: what it shows, and when it is read again.
extension DashboardState {
  mutating func toggleDetail() {
    if detail.isOpen {
      closeDetail()
      return
    }
    cursor.chooseShown(in: bundles)
    detail.isOpen = true
    detail.hasFocus = false
    detail.scroll = 0
    detail.isStale = true
  }

  mutating func closeDetail() {
    detail.isOpen = false
    detail.hasFocus = false
    detail.scroll = 0
  }

  mutating func received(_ content: BundleDetail) {
    if detail.inFlight == content.status.slug { detail.inFlight = nil }
    detail.content = content
    detail.failure = nil
  }

  mutating func failedToRead(_ slug: Slug, _ reason: String) {
    if detail.inFlight == slug { detail.inFlight = nil }
    detail.failure = (slug, reason)
  }

  mutating func noticeStaleDetail(_ upserts: [BundleStatus], _ removed: [Slug]) {
    guard detail.isOpen, let slug = cursor.shown else { return }
    if upserts.contains(where: { $0.slug == slug }) || removed.contains(slug) { detail.isStale = true }
  }

  /// Asks for what the open pane lacks; one question at a time, however fast the person moves.
  mutating func detailToLoad() -> [DashboardEffect] {
    guard detail.isOpen, detail.inFlight == nil, connection.isUsable, let slug = cursor.shown else { return [] }
    let isOther = detail.content?.status.slug != slug && detail.failure?.slug != slug
    guard isOther || detail.isStale else { return [] }
    detail.isStale = false
    detail.inFlight = slug
    return [.loadDetail(slug)]
  }
}
