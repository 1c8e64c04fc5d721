internal import BundleModel
internal import BundleStore
internal import LegacyStore
internal import ProcessControl

/// Where a follower stands, and what it still has to do.
struct FollowCourse {
  private let follower: DirectoryFollower
  private let tell: @Sendable (DirectoryFollower.Event) -> Void
  private let writer: DirectoryWriter
  private var cursor: FeedCursor?
  private var cursorTaken = ContinuousClock.now
  private var comparedAt = ContinuousClock.now
  private var place: DirectoryPlace?
  /// Bundles whose rows are still to be applied, and how large their archives are.
  private var waiting: [Slug: Int64] = [:]
  /// What could not be done, and why.
  private var owed: [Slug: String] = [:]
  /// Why the directory as a whole cannot be used.
  private var obstacle: String?
  private var retries = Backoff()
  private var quiet = Backoff()
  private var published: (following: Following, at: ContinuousClock.Instant)?
  private var told: Following?
  /// Whose newer files were told of.
  private var left: Set<Slug> = []

  init(_ follower: DirectoryFollower, _ tell: @escaping @Sendable (DirectoryFollower.Event) -> Void) {
    self.follower = follower
    self.tell = tell
    writer = DirectoryWriter(directory: follower.directory, artifacts: follower.artifacts)
  }

  /// How long rows may be applied before changes are looked for again.
  private static let slice = Duration.seconds(1)
  /// How many bundles are worked on at once.
  private static let width = 4
  /// How many rows are in memory at once.
  private static let page = 500

  /// Whether there is more to do at once.
  var hasMore: Bool { !waiting.isEmpty && obstacle == nil && quiet.isOver }

  /// Looks once, does a second's worth of what there is to do, and publishes how far it is.
  mutating func turn() async {
    guard quiet.isOver else { return }
    do throws(StoreError) {
      let isMadeAgain = await keepPlace()
      // Before anybody learns of it: what was published is of a directory that is not there any more.
      if cursor == nil { try await publish() }
      if isMadeAgain { tell(.madeAgain) }
      if obstacle == nil {
        try await look()
        askAgain()
        try await work()
        if obstacle == nil, owed.isEmpty { retries = Backoff() }
      }
      try await publish()
      quiet = Backoff()
    } catch {
      // As in the feed of the dashboard: after a crash ids of transactions are given out again.
      cursor = nil
      quiet.wait()
    }
  }

  // MARK: - The directory

  /// Makes a directory that has vanished again, and compares everything with one that is another.
  ///
  /// - Returns: whether it was made again.
  private mutating func keepPlace() async -> Bool {
    guard retries.isOver || obstacle == nil else { return false }
    do throws(LegacyError) {
      let (directory, source, artifacts, known) = (follower.directory, follower.source, follower.artifacts, place)
      let (now, isNew) = try await DetachedThread.value { () throws(LegacyError) in
        if known == nil, let overlap = directory.overlap(with: artifacts) { throw LegacyError(.conflict, overlap) }
        if let known, let now = DirectoryPlace(of: directory), now.continues(known) { return (now, false) }
        let isNew = DirectoryPlace(of: directory) == nil
        try directory.establishSourceID(source)
        guard let now = DirectoryPlace(of: directory) else {
          throw LegacyError(.missing, "the legacy directory \(directory.path) vanishes again and again")
        }
        return (now, isNew)
      }
      if known.map({ !now.continues($0) }) ?? true || obstacle != nil { cursor = nil }
      place = now
      obstacle = nil
      return known != nil && isNew
    } catch {
      fail(error.message)
      return false
    }
  }

  private mutating func fail(_ reason: String) {
    obstacle = reason
    retries.wait()
  }

  // MARK: - The database

  private mutating func look() async throws(StoreError) {
    if let from = cursor, ContinuousClock.now - comparedAt < follower.compareEvery {
      // Now and then the cursor itself is renewed, so that an idle follower does not hold on to an old snapshot.
      let isFresh = ContinuousClock.now - cursorTaken < .seconds(60)
      switch try await follower.store.changes(since: from, quick: isFresh) {
      case .unchanged: return
      case .changes(let rows, let removed, let next):
        for row in rows { waiting[row.slug] = row.artifact?.size ?? 0 }
        for slug in removed { waiting[slug] = 0 }
        cursor = next
        cursorTaken = .now
        return
      case .resync: break
      }
    }
    try await compare()
  }

  /// Compares everything, page by page: what is read of the directory fits into a few bytes a bundle.
  private mutating func compare() async throws(StoreError) {
    let start = try await follower.store.feedStart()
    let held: HeldStatuses
    do throws(LegacyError) {
      held = try await writer.survey()
    } catch {
      return fail(error.message)
    }
    (waiting, owed) = ([:], [:])
    var last: Slug?
    while true {
      let rows = try await follower.store.statuses(after: last, limit: Self.page)
      for row in await writer.differing(rows, from: held) { waiting[row.slug] = row.artifact?.size ?? 0 }
      last = rows.last?.slug
      guard rows.count == Self.page else { break }
    }
    cursor = start
    (cursorTaken, comparedAt) = (.now, .now)
    if !waiting.isEmpty {
      tell(.comparing(differing: waiting.count))
      try await publish()
    }
  }

  private mutating func askAgain() {
    guard !owed.isEmpty, retries.isOver else { return }
    for slug in owed.keys { waiting[slug] = waiting[slug] ?? 0 }
  }

  // MARK: - Work

  private mutating func work() async throws(StoreError) {
    let end = ContinuousClock.now + Self.slice
    // Small things first: a large archive must not make all other statuses wait.
    var rest = waiting.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)[...]
    var newlyLeft: [Slug] = []
    while !rest.isEmpty, ContinuousClock.now < end, !Task.isCancelled {
      let slugs = Array(rest.prefix(Self.width * 8))
      rest = rest.dropFirst(slugs.count)
      // As they are now: what has changed again since it was seen is done once.
      let rows = try await follower.store.statuses(of: slugs)
      for slug in slugs { waiting[slug] = nil }
      for slug in Set(slugs).subtracting(rows.map(\.slug)).sorted() { await remove(slug) }
      for (slug, result) in await writer.apply(rows, width: Self.width) {
        switch result {
        case .success(let outcome):
          owed[slug] = nil
          if outcome != .left { left.remove(slug) } else if left.insert(slug).inserted { newlyLeft.append(slug) }
        case .failure(let error): owe(slug, error)
        }
      }
    }
    if !newlyLeft.isEmpty { tell(.left(newlyLeft.sorted())) }
    if !owed.isEmpty, retries.isOver { retries.wait() }
  }

  /// Keeps the file of a deleted row aside.
  private mutating func remove(_ slug: Slug) async {
    do {
      _ = try await writer.remove(slug)
      owed[slug] = nil
    } catch {
      owe(slug, error)
    }
  }

  private mutating func owe(_ slug: Slug, _ error: any Error) {
    guard !Task.isCancelled else { return }
    owed[slug] = DirectoryWriter.reason(error)
  }

  // MARK: - Telling

  private var following: Following {
    if let obstacle { return .failed(obstacle) }
    if let (slug, reason) = owed.min(by: { $0.key < $1.key }) {
      return .failed("\(slug): \(reason)" + (owed.count > 1 ? " (and \(owed.count - 1) more)" : ""))
    }
    guard let cursor, waiting.isEmpty else { return .behind }
    return .inStep(snapshot: cursor.snapshot)
  }

  private mutating func publish() async throws(StoreError) {
    let following = following
    say(following)
    if let published {
      guard published.following != following || ContinuousClock.now - published.at > .seconds(30) else { return }
      // A new snapshot a second is enough; anything else is news.
      if case .inStep = following, case .inStep = published.following,
        ContinuousClock.now - published.at < .seconds(1)
      {
        return
      }
    }
    guard try await follower.store.publishFollowing(following, of: follower.worker) else {
      published = nil
      return
    }
    published = (following, .now)
  }

  private mutating func say(_ following: Following) {
    switch (told, following) {
    case (.inStep, .inStep), (.failed, .behind), (_, .behind): return
    case (_, .inStep): tell(.inStep)
    case (let before, .failed(let reason)) where before != following: tell(.failing(reason))
    case (_, .failed): return
    }
    told = following
  }
}

/// Waits longer and longer, from half a second to half a minute.
private struct Backoff {
  private var until: ContinuousClock.Instant?
  private var times = 0

  var isOver: Bool { until.map { ContinuousClock.now >= $0 } ?? true }

  mutating func wait() {
    until = .now + min(.milliseconds(500) * (1 << min(times, 6)), .seconds(30))
    times += 1
  }
}
