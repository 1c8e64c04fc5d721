internal import Postgres

extension BundleStore {
  /// Follows every change until the task is cancelled: woken by the doorbell, and by the clock in any case.
  ///
  /// - Parameter handle: called for each event, one after the other.
  package func follow(_ handle: @Sendable @escaping (FeedEvent) async -> Void) async {
    let (wakes, waker) = AsyncStream.makeStream(of: FeedWake.self, bufferingPolicy: .bufferingNewest(1))
    let listening = DoorbellListener(pool.settings, waker: waker)
    await withTaskGroup { group in
      group.addTask { await listening.run() }
      group.addTask { [settings] in
        while !Task.isCancelled {
          waker.yield(.clock)
          try? await Task.sleep(for: settings.pollEvery)
        }
        waker.finish()
      }
      group.addTask {
        var reader = FeedReader(store: self, listening: listening)
        for await wake in wakes {
          await reader.turn(wake, handle)
        }
      }
    }
  }
}

/// Why a reader looks.
enum FeedWake {
  case clock, bell
}

/// How often a reader follows the bell at once: a single change is seen immediately, a storm of them a few times a
/// second, because nobody reads faster and each look costs both sides.
private struct Pace {
  private static let burst = 10.0
  private static let perSecond = 4.0

  private var left = burst
  private var counted = ContinuousClock.now

  /// Takes one look, or says how long to wait for it.
  mutating func take(at now: ContinuousClock.Instant) -> Duration? {
    let passed = (now - counted) / .seconds(1)
    left = min(Pace.burst, left + passed * Pace.perSecond)
    counted = now
    left -= 1
    return left < 0 ? .seconds(-left / Pace.perSecond) : nil
  }
}

/// One reader's position, and what it still has to find out.
private struct FeedReader {
  let store: BundleStore
  let listening: DoorbellListener
  private var cursor: FeedCursor?
  private var crewAsked: ContinuousClock.Instant?
  private var told: Freshness?
  private var failures = 0
  private var quietUntil: ContinuousClock.Instant?
  private var cursorTaken = ContinuousClock.now
  private var pace = Pace()

  init(store: BundleStore, listening: DoorbellListener) {
    self.store = store
    self.listening = listening
  }

  /// Catches up once and reports what was found.
  mutating func turn(_ wake: FeedWake, _ handle: (FeedEvent) async -> Void) async {
    if let quietUntil, ContinuousClock.now < quietUntil { return }
    if wake == .bell, let wait = pace.take(at: .now) { try? await Task.sleep(for: wait) }
    do throws(StoreError) {
      try await catchUp(isQuick: wake == .clock, handle)
      try await askCrew(handle)
      failures = 0
      quietUntil = nil
      let freshness = await listening.freshness(through: store)
      if freshness != told {
        told = freshness
        await handle(.freshness(freshness))
      }
    } catch {
      guard !Task.isCancelled else { return }
      failures += 1
      told = nil
      // The server may have restarted its processes after a crash of one, which gives ids out again in the same run.
      cursor = nil
      let wait = min(Duration.milliseconds(500) * (1 << min(failures - 1, 4)), .seconds(5))
      quietUntil = ContinuousClock.now.advanced(by: wait)
      await handle(.unreachable(error, retryIn: wait))
    }
  }

  /// - Parameter isQuick: nothing is known to have changed, so the small question comes first.
  private mutating func catchUp(isQuick: Bool, _ handle: (FeedEvent) async -> Void) async throws(StoreError) {
    if let from = cursor {
      // Now and then the cursor itself is renewed, so that an idle reader does not hold on to an old snapshot.
      let renew = ContinuousClock.now - cursorTaken > .seconds(60)
      switch try await store.changes(since: from, quick: isQuick && !renew) {
      case .unchanged: return await handle(.current)
      case .changes(let upserts, let removed, let next):
        cursor = next
        cursorTaken = .now
        return await handle(upserts.isEmpty && removed.isEmpty ? .current : .changes(upserts, removed: removed))
      case .resync: break
      }
    }
    let (statuses, start) = try await store.snapshot()
    cursor = start
    cursorTaken = .now
    await handle(.resync(statuses))
  }

  private mutating func askCrew(_ handle: (FeedEvent) async -> Void) async throws(StoreError) {
    if let crewAsked, ContinuousClock.now - crewAsked < store.settings.beatEvery { return }
    crewAsked = .now
    await handle(.crew(try await store.crew()))
  }
}
