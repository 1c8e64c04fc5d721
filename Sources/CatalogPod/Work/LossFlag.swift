internal import Synchronization

/// Whether an attempt has lost its job to somebody else: it must stop, and has nothing more to say.
final class LossFlag: Sendable {
  private let flag = Atomic(false)

  var isLost: Bool { flag.load(ordering: .acquiring) }

  /// Lost for good.
  func set() { flag.store(true, ordering: .releasing) }
}
