internal import Glibc
internal import Synchronization

/// Threads of our own that have ended their work and wait a moment for more of it: to start one costs ten times what
/// a small file does. There is always a thread for what comes: one that waits, else a new one.
enum IdleThreads {
  typealias Work = @Sendable () -> Void

  /// More than these never wait.
  private static let most = 32
  /// Seconds until one that nobody needs ends.
  private static let patience = 1

  /// Where one thread waits.
  private final class Seat: @unchecked Sendable {  // `work` is touched under the lock, sem_t(3) from any thread
    private let bell: UnsafeMutablePointer<sem_t>
    var work: Work?

    init() {
      bell = .allocate(capacity: 1)
      sem_init(bell, 0, 0)
    }

    deinit {
      sem_destroy(bell)
      bell.deallocate()
    }

    func ring() { sem_post(bell) }

    func wait() { while sem_wait(bell) != 0 {} }

    /// False when nobody rang in time.
    func wait(seconds: Int) -> Bool {
      var until = timespec()
      clock_gettime(CLOCK_REALTIME, &until)
      until.tv_sec += seconds
      while sem_timedwait(bell, &until) != 0 {
        guard errno == EINTR else { return false }
      }
      return true
    }
  }

  private static let seats = Mutex<[Seat]>([])

  /// Gives work to a thread that waits; false when none does.
  static func take(_ work: @escaping Work) -> Bool {
    // Who sat down last goes first: the others may end.
    let seat = seats.withLock { seats -> Seat? in
      let seat = seats.popLast()
      seat?.work = work
      return seat
    }
    seat?.ring()
    return seat != nil
  }

  /// Works, then waits for more; returns when nobody has had any for a while.
  static func serve(_ first: @escaping Work) {
    first()
    let seat = Seat()
    while true {
      let isSeated = seats.withLock { seats in
        guard seats.count < most else { return false }
        seats.append(seat)
        return true
      }
      guard isSeated else { return }
      if !seat.wait(seconds: patience) {
        let isFree = seats.withLock { seats in
          guard let place = seats.firstIndex(where: { $0 === seat }) else { return false }
          seats.remove(at: place)
          return true
        }
        if isFree { return }
        seat.wait()  // work was given in the last moment: the bell rings
      }
      let work = seats.withLock { _ in
        defer { seat.work = nil }
        return seat.work
      }
      work?()
    }
  }
}
