internal import BundleModel
internal import Wire

/// The rows of the status list as they are served, each written once until it changes.
struct ListedRows: Sendable {
  private struct Row {
    var updatedAt: Timestamp
    var slug: Slug
    /// The status as one JSON object.
    var bytes: [UInt8]
  }

  private let publicURL: String?
  private var rows: [Slug: Row] = [:]

  /// - Parameter publicURL: scheme, host and port of the download links; nil: they are relative.
  init(publicURL: String?) { self.publicURL = publicURL }

  /// Puts these statuses in the place of all.
  mutating func replace(_ statuses: [BundleStatus]) {
    rows = [:]
    rows.reserveCapacity(statuses.count)
    apply(statuses, removed: [])
  }

  /// Takes over what changed.
  mutating func apply(_ changed: [BundleStatus], removed: [Slug]) {
    for status in changed {
      rows[status.slug] = Row(
        updatedAt: status.updatedAt, slug: status.slug, bytes: WireStatus.object(status, publicURL: publicURL))
    }
    for slug in removed { rows[slug] = nil }
  }

  /// The body of the list, newest change first: the very bytes that `WireStatus.list` makes of the statuses in the
  /// order of `served_statuses.sql`.
  func body() -> [UInt8] {
    let sorted = rows.values.sorted { a, b in
      a.updatedAt == b.updatedAt ? a.slug < b.slug : a.updatedAt > b.updatedAt
    }
    return WireStatus.list(sorted.lazy.map(\.bytes), capacity: sorted.reduce(64) { $0 + $1.bytes.count + 1 })
  }
}
