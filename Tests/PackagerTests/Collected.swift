import Synchronization

@testable import Packager

/// The events of a packaging, in order.
final class Collected: Sendable {
  private let all = Mutex<[PackagingEvent]>([])

  func add(_ event: PackagingEvent) { all.withLock { $0.append(event) } }

  var events: [PackagingEvent] { all.withLock { $0 } }

  /// The stages alone.
  var stages: [PackagingEvent] {
    events.filter { event in
      if case .stage = event { return true }
      return false
    }
  }
}
