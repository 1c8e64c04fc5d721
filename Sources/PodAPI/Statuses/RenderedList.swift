internal import BundleModel
internal import Persistence
internal import Wire

/// The status list as it is served: each status is written once until it changes, and so is the whole.
struct RenderedList: Sendable {
  private struct Row {
    var updatedAt: Timestamp
    var slug: Slug
    /// The status as one JSON object.
    var bytes: [UInt8]
    /// See `FiledDigest.part`; nil where nobody asks for the digest.
    var filed: [UInt8]?
  }

  private let publicURL: String?
  private var rows: [Slug: Row] = [:]
  private var digest: FiledDigest?
  /// The body and its tag, until a row changes.
  private var body: (body: [UInt8], tag: EntityTag)?

  /// - Parameter publicURL: scheme, host and port of the download links; nil: they are relative.
  init(publicURL: String?) { self.publicURL = publicURL }

  /// Puts these statuses in the place of all.
  ///
  /// - Parameter filing: keep count of `filed` from now on.
  mutating func replace(_ statuses: [BundleStatus], filing: Bool) {
    rows = [:]
    rows.reserveCapacity(statuses.count)
    digest = filing ? FiledDigest() : nil
    body = nil
    apply(statuses, removed: [])
  }

  /// Takes over what changed.
  mutating func apply(_ changed: [BundleStatus], removed: [Slug]) {
    if !changed.isEmpty || !removed.isEmpty { body = nil }
    for status in changed {
      put(
        Row(
          updatedAt: status.updatedAt, slug: status.slug,
          bytes: WireStatus.object(status, publicURL: publicURL),
          filed: digest == nil ? nil : FiledDigest.part(of: status)),
        for: status.slug)
    }
    for slug in removed { put(nil, for: slug) }
  }

  private mutating func put(_ row: Row?, for slug: Slug) {
    if let before = rows[slug]?.filed { digest?.toggle(before) }
    if let filed = row?.filed { digest?.toggle(filed) }
    rows[slug] = row
  }

  /// What tells these statuses from others by the fields of files.
  var filed: Checksum? { digest?.checksum }

  /// The body of the list, newest change first, and its tag: the very bytes that `WireStatus.list` makes of the statuses
  /// in the order of `served_statuses.sql`.
  mutating func rendered() -> (body: [UInt8], tag: EntityTag) {
    if let body { return body }
    let sorted = rows.values.sorted { a, b in
      a.updatedAt == b.updatedAt ? a.slug < b.slug : a.updatedAt > b.updatedAt
    }
    let bytes = WireStatus.list(sorted.lazy.map(\.bytes), capacity: sorted.reduce(64) { $0 + $1.bytes.count + 1 })
    let new = (bytes, EntityTag(of: bytes))
    body = new
    return new
  }
}
