internal import BundleModel
package import BundleStore
internal import Wire

/// The status list of a pod, kept up to date by the feed: of ten thousand bundles only what changed is read and
/// written anew, and all who ask at once share one answer.
///
/// Every answer is as new as its question: the database is asked after the question came, and the snapshot is the one
/// of the statement that said what changed.
package actor StatusList {
  /// One reading of the list.
  struct Served: Sendable {
    var body: [UInt8]
    var tag: EntityTag
    /// `pg_snapshot` as text.
    var snapshot: String
  }

  private let store: BundleStore
  private let publicURL: String?
  private var rows: ListedRows
  private var cursor: FeedCursor?
  /// The body and its tag, until a row changes.
  private var rendered: (body: [UInt8], tag: EntityTag)?
  private typealias Reading = (number: Int, task: Task<Served, any Error>)
  /// The reading under way, and the one that follows it for those who came too late for it.
  private var current: Reading?
  private var next: Reading?
  private var readings = 0

  /// - Parameter publicURL: scheme, host and port of the download links; nil: they are relative.
  package init(_ store: BundleStore, publicURL: String?) {
    self.store = store
    self.publicURL = publicURL
    rows = ListedRows(publicURL: publicURL)
  }

  /// The list as the database has it now.
  func served() async throws -> Served {
    if let next { return try await next.task.value }
    readings += 1
    let number = readings
    let before = current?.task
    let task = Task {
      _ = await before?.result
      return try await self.turn(number)
    }
    if before == nil { current = (number, task) } else { next = (number, task) }
    return try await task.value
  }

  /// One reading; whoever asks from now on gets the one after it.
  private func turn(_ number: Int) async throws -> Served {
    if next?.number == number {
      current = next
      next = nil
    }
    defer { if next == nil { current = nil } }
    return try await read()
  }

  private func read() async throws(StoreError) -> Served {
    if let cursor {
      let step: FeedStep
      do throws(StoreError) {
        step = try await store.changes(since: cursor, quick: false)
      } catch {
        // A server that failed may give ids of transactions out again: see `FeedFollower`.
        self.cursor = nil
        throw error
      }
      if case .changes(let changed, let removed, let next) = step {
        if !changed.isEmpty || !removed.isEmpty {
          rows.apply(changed, removed: removed)
          rendered = nil
        }
        self.cursor = next
        return serve(next.snapshot)
      }
      self.cursor = nil
    }
    let (statuses, start): ([BundleStatus], FeedCursor)
    do throws(StoreError) {
      (statuses, start) = try await store.snapshot()
    } catch  where error.kind == .refused {
      return try await readAll()
    }
    rows.replace(statuses)
    rendered = nil
    cursor = start
    return serve(start.snapshot)
  }

  /// A standby has no feed: everything is read each time.
  private func readAll() async throws(StoreError) -> Served {
    let all = try await store.servedStatuses()
    let body = WireStatus.list(all.statuses, publicURL: publicURL)
    return Served(body: body, tag: EntityTag(of: body), snapshot: all.snapshot)
  }

  private func serve(_ snapshot: String) -> Served {
    let now = rendered ?? { body in (body, EntityTag(of: body)) }(rows.body())
    rendered = now
    return Served(body: now.body, tag: now.tag, snapshot: snapshot)
  }
}
