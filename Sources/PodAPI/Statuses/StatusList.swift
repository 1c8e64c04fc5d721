internal import BundleModel
internal import BundleStore
internal import LegacyStore
package import Persistence
internal import Wire

/// The status list of a pod, kept up to date by the feed, or by looks at its directory where that is what is read: of
/// ten thousand bundles only what changed is read and written anew, and all who ask at once share one answer.
///
/// Every answer is as new as its question: what is read is asked after the question came. The snapshot of rows is the
/// one of the statement that said what changed; that of a directory is one whose changes it is known to hold.
package actor StatusList {
  /// One reading of the list.
  struct Served: Sendable {
    var body: [UInt8]
    var tag: EntityTag
    var side: ReadSide
    /// `pg_snapshot` as text; nil where files are read and the database was never reached.
    var snapshot: String?
    /// What tells these statuses from others by the fields of files; nil where rows are read.
    var filed: Checksum?
  }

  private let reads: PodReads
  private let publicURL: String?
  private let reading = SharedReading<Served>()
  /// The list of the side that is read.
  private var list: RenderedList
  private var place = Place.nowhere

  /// How far the list is.
  private enum Place {
    case nowhere
    case feed(FeedCursor)
    case directory(number: Int)
  }

  /// - Parameter publicURL: scheme, host and port of the download links; nil: they are relative.
  package init(_ reads: PodReads, publicURL: String?) {
    self.reads = reads
    self.publicURL = publicURL
    list = RenderedList(publicURL: publicURL)
  }

  /// The list as it is now.
  func served() async throws -> Served {
    try await reading.value { try await self.read() }
  }

  private func read() async throws -> Served {
    guard reads.directory != nil else { return try await readRows() }
    let point = try await reads.point(isFresh: true)
    return try await reads.read(
      directory: { try await self.readFiles($0, point) }, database: { try await self.readRows() })
  }

  private func readFiles(_ directory: DirectoryReading, _ point: ReadPoint) async throws -> Served {
    var number: Int?
    if case .directory(let last) = place { number = last }
    let changes: DirectoryReading.Changes
    do {
      changes = try await directory.changes(since: number)
    } catch {
      place = .nowhere
      throw error
    }
    if changes.isWhole {
      list.replace(changes.changed, filing: true)
    } else {
      list.apply(changes.changed, removed: changes.removed)
    }
    place = .directory(number: changes.number)
    let now = list.rendered()
    return Served(
      body: now.body, tag: now.tag, side: .directory, snapshot: point.followed ?? point.snapshot,
      filed: list.filed)
  }

  private func readRows() async throws(StoreError) -> Served {
    if case .feed(let cursor) = place {
      let step: FeedStep
      do throws(StoreError) {
        step = try await reads.store.changes(since: cursor, quick: false)
      } catch {
        // A server that failed may give ids of transactions out again: see `FeedFollower`.
        place = .nowhere
        throw error
      }
      if case .changes(let changed, let removed, let next) = step {
        list.apply(changed, removed: removed)
        place = .feed(next)
        return serveRows(next.snapshot)
      }
      place = .nowhere
    }
    let (statuses, start): ([BundleStatus], FeedCursor)
    do throws(StoreError) {
      (statuses, start) = try await reads.store.snapshot()
    } catch  where error.kind == .refused {
      return try await readAll()
    }
    list.replace(statuses, filing: false)
    place = .feed(start)
    return serveRows(start.snapshot)
  }

  /// A standby has no feed: everything is read each time.
  private func readAll() async throws(StoreError) -> Served {
    let all = try await reads.store.servedStatuses()
    let body = WireStatus.list(all.statuses, publicURL: publicURL)
    return Served(body: body, tag: EntityTag(of: body), side: .database, snapshot: all.snapshot)
  }

  private func serveRows(_ snapshot: String) -> Served {
    let now = list.rendered()
    return Served(body: now.body, tag: now.tag, side: .database, snapshot: snapshot)
  }
}
