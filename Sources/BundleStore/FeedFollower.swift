package import BundleModel
internal import Postgres
internal import Synchronization

/// How quickly changes reach a reader.
package enum Freshness: Equatable, Sendable {
  /// The doorbell works; a ring of our own took this long.
  case live(Duration)
  /// Only polling brings news.
  case polling
}

/// What a follower of the feed learns.
package enum FeedEvent: Sendable {
  /// Everything, at the start and whenever a cursor could not be continued.
  case resync([BundleStatus])
  case changes([BundleStatus], removed: [Slug])
  /// Nothing changed; what is known is as of now.
  case current
  /// Who is there to do the work, a moment ago.
  case crew(Crew)
  case freshness(Freshness)
  /// The database does not answer; the next try follows.
  case unreachable(StoreError, retryIn: Duration)
}

extension BundleStore {
  /// Follows every change until the task is cancelled: woken by the doorbell, and by the clock in any case.
  ///
  /// - Parameter handle: called for each event, one after the other.
  package func follow(_ handle: @Sendable @escaping (FeedEvent) async -> Void) async {
    let (wakes, waker) = AsyncStream.makeStream(of: Wake.self, bufferingPolicy: .bufferingNewest(1))
    let listening = Listening(pool.settings, waker: waker)
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
private enum Wake {
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
  let listening: Listening
  private var cursor: FeedCursor?
  private var podsAsked: ContinuousClock.Instant?
  private var told: Freshness?
  private var failures = 0
  private var quietUntil: ContinuousClock.Instant?
  private var cursorTaken = ContinuousClock.now
  private var pace = Pace()

  init(store: BundleStore, listening: Listening) {
    self.store = store
    self.listening = listening
  }

  /// Catches up once and reports what was found.
  mutating func turn(_ wake: Wake, _ handle: (FeedEvent) async -> Void) async {
    if let quietUntil, ContinuousClock.now < quietUntil { return }
    if wake == .bell, let wait = pace.take(at: .now) { try? await Task.sleep(for: wait) }
    do throws(StoreError) {
      try await catchUp(isQuick: wake == .clock, handle)
      try await askPods(handle)
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

  private mutating func askPods(_ handle: (FeedEvent) async -> Void) async throws(StoreError) {
    if let podsAsked, ContinuousClock.now - podsAsked < store.settings.beatEvery { return }
    podsAsked = .now
    await handle(.crew(try await store.crew()))
  }
}

/// Listens to the doorbell, and times the way from a ring to the ear while nothing else rings.
private final class Listening: Sendable {
  private struct State {
    var isConnected = false
    var heardAt: ContinuousClock.Instant?
    var askedAt: ContinuousClock.Instant?
    var roundTrip: Duration?
  }

  /// How long the shared channel must be silent before we time ourselves.
  private static let silence = Duration.seconds(10)

  private let listener: Listener
  private let ownChannel: String
  private let waker: AsyncStream<Wake>.Continuation
  private let state = Mutex(State())

  init(_ settings: ConnectionSettings, waker: AsyncStream<Wake>.Continuation) {
    ownChannel = "bundletop_\(UInt64.random(in: 0 ... .max))"
    listener = Listener(settings, channels: [Doorbell.channel, ownChannel])
    self.waker = waker
  }

  func run() async {
    for await event in listener.events {
      switch event {
      case .connected:
        state.withLock {
          $0 = State()
          $0.isConnected = true
        }
        waker.yield(.bell)  // what was rung while nobody listened
      case .notified(let channel, _) where channel == ownChannel:
        state.withLock {
          $0.heardAt = .now
          $0.roundTrip = $0.askedAt.map { .now - $0 }
          $0.askedAt = nil
        }
      case .notified:
        state.withLock { $0.heardAt = .now }
        waker.yield(.bell)
      case .disconnected:
        state.withLock { $0 = State() }
      }
    }
    await listener.close()
  }

  /// Live while rings arrive; after a silence one of our own is sent, and one that does not come back means polling.
  func freshness(through store: BundleStore) async -> Freshness {
    enum Verdict {
      case known(Freshness)
      case ask
    }
    let verdict: Verdict = state.withLock { state in
      guard state.isConnected else { return .known(.polling) }
      if let askedAt = state.askedAt {
        return .known(.now - askedAt > .seconds(2) ? .polling : state.roundTrip.map(Freshness.live) ?? .polling)
      }
      if let heardAt = state.heardAt, let roundTrip = state.roundTrip, .now - heardAt < Listening.silence {
        return .known(.live(roundTrip))
      }
      state.askedAt = .now
      return .ask
    }
    if case .known(let freshness) = verdict { return freshness }
    _ = try? await store.query("notify \(ownChannel)")
    return state.withLock { $0.roundTrip.map(Freshness.live) ?? .polling }
  }
}
