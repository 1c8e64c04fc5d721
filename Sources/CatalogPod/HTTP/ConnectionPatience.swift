/// How long one connection waits for what its client has to do: decides purely, without clock, timer or socket.
///
/// A client that sends one byte now and then is cut off as well as one that sends none: every deadline is for the
/// whole of something, and bytes do not move it.
struct ConnectionPatience {
  enum Event: Equatable {
    case opened
    case requestHead
    case requestBody(bytes: Int)
    case requestEnd
    case responseEnd
    /// What was sent has not been taken, and is again.
    case writable(Bool)
    case deadline(Deadline)
  }

  /// What can take too long.
  enum Deadline: Hashable, CaseIterable {
    case head, body, stall
  }

  enum Action: Equatable {
    case start(Deadline, Duration)
    case stop(Deadline)
    case close
  }

  private let limits: HTTPLimits
  /// Requests whose head came and whose response has not ended.
  private var unanswered = 0
  /// The body of the latest request has not ended.
  private var isReadingBody = false
  /// Bytes of a body whose request has been answered already.
  private var unwanted = 0

  init(_ limits: HTTPLimits) { self.limits = limits }

  /// What to do now.
  mutating func event(_ event: Event) -> [Action] {
    switch event {
    case .opened: return [.start(.head, limits.head)]
    case .requestHead:
      unanswered += 1
      isReadingBody = true
      unwanted = 0
      return [.stop(.head), .start(.body, limits.body)]
    case .requestBody(let bytes):
      guard unanswered == 0 else { return [] }
      unwanted += bytes
      return unwanted > limits.unwanted ? [.close] : []
    case .requestEnd:
      isReadingBody = false
      return [.stop(.body)] + waitForNext()
    case .responseEnd:
      unanswered -= 1
      return waitForNext()
    case .writable(false): return [.start(.stall, limits.stall)]
    case .writable(true): return [.stop(.stall)]
    case .deadline: return [.close]
    }
  }

  private func waitForNext() -> [Action] {
    unanswered == 0 && !isReadingBody ? [.start(.head, limits.idle)] : []
  }
}
