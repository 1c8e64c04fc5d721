internal import Postgres
internal import Synchronization

/// Listens to the doorbell, and times the way from a ring to the ear while nothing else rings.
final class DoorbellListener: Sendable {
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
  private let waker: AsyncStream<FeedWake>.Continuation
  private let state = Mutex(State())

  init(_ settings: ConnectionSettings, waker: AsyncStream<FeedWake>.Continuation) {
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
      if let heardAt = state.heardAt, let roundTrip = state.roundTrip, .now - heardAt < DoorbellListener.silence {
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
