package import BundleModel
package import BundleStore

/// Which side a pod reads from, asked of the database at most once a poll; nobody waits long for a database that
/// hangs.
package actor ReadSwitch {
  private let mode: PersistenceMode
  private let every: Duration
  private let now: @Sendable () -> ContinuousClock.Instant
  private let look: @Sendable () async throws(StoreError) -> ReadPoint
  private let looking = SharedReading<ReadPoint>()
  private var last: ReadPoint?
  private var askedAt: ContinuousClock.Instant?
  private var failed: StoreError?

  /// - Parameters:
  ///   - every: how long an answer, or the lack of one, is good.
  ///   - look: asks the database.
  package init(
    mode: PersistenceMode, every: Duration,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    look: @escaping @Sendable () async throws(StoreError) -> ReadPoint
  ) {
    self.mode = mode
    self.every = every
    self.now = now
    self.look = look
  }

  /// Where to read: in `dual` what the database said last, else what the mode says.
  ///
  /// - Parameter isFresh: ask in any case, unless the database failed to answer just now.
  /// - Throws: in `dual`, when nobody has ever heard what the database says.
  package func point(isFresh: Bool = false) async throws(StoreError) -> ReadPoint {
    guard mode != .database else { return ReadPoint(side: .database) }
    let isKnown = askedAt.map { now() - $0 < every } ?? false
    if !isKnown || (isFresh && failed == nil) {
      // What went wrong is kept.
      _ = try? await looking.value { await self.ask() }
    }
    if let last { return last }
    guard mode == .dual else { return ReadPoint(side: .directory) }
    throw failed ?? StoreError(.unavailable, "which side is read is not known yet")
  }

  private func ask() async -> ReadPoint {
    let before = last
    do throws(StoreError) {
      var point = try await look()
      if mode == .filesystem { point.side = .directory }
      // While a directory is behind it still holds what it held before.
      if case .inStep(let snapshot)? = point.following {
        point.followed = snapshot
      } else {
        point.followed = before?.followed
      }
      last = point
      failed = nil
    } catch {
      failed = error
    }
    askedAt = now()
    return last ?? ReadPoint(side: .directory)
  }
}
