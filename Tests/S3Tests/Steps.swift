import Synchronization

/// Notes how progress goes: where it is, and its longest step.
final class Steps: Sendable {
  private let state = Mutex((last: Int64(0), largest: Int64(0)))
  var last: Int64 { state.withLock { $0.last } }
  var largest: Int64 { state.withLock { $0.largest } }
  func take(_ bytes: Int64) {
    state.withLock { $0 = (bytes, max($0.largest, bytes - $0.last)) }
  }
}
