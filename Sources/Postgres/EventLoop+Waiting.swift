internal import Synchronization

extension EventLoop {
  /// Waits until `wake` is called with the id that `registered` was given, until `deadline`, or until the task is
  /// cancelled.
  ///
  /// `registered` runs at once on the calling thread, after `wake` has begun to work for the id. Of several reasons
  /// to end exactly one wins, and only that one is returned.
  func park(
    isolation: isolated (any Actor)? = #isolation, until deadline: ContinuousClock.Instant?,
    cancellable: Bool = true, _ registered: (UInt64) -> Void = { _ in }
  ) async -> WaitOutcome {
    await wait(isolation, on: -1, events: 0, until: deadline, cancellable: cancellable, registered)
  }

  /// Waits until the socket is ready for what `interest` names.
  func wait(
    isolation: isolated (any Actor)? = #isolation, for descriptor: Int32, _ interest: Interest,
    until deadline: ContinuousClock.Instant?, cancellable: Bool = true
  ) async -> WaitOutcome {
    await wait(isolation, on: descriptor, events: interest.rawValue, until: deadline, cancellable: cancellable) {
      _ in
    }
  }

  /// Ends the wait with this id; false when it has ended already.
  @discardableResult
  func wake(_ id: UInt64, _ outcome: WaitOutcome = .ready) -> Bool {
    guard let waiter = state.withLock({ $0.remove(id) }) else { return false }
    waiter.continuation.resume(returning: outcome)
    return true
  }

  /// Ends every wait for a socket that is about to be closed, for its number may come back as another one.
  func forget(_ descriptor: Int32) {
    for waiter in state.withLock({ $0.remove(descriptor: descriptor) }) {
      waiter.continuation.resume(returning: .ready)
    }
  }

  // The isolation is handed on by name. In a function that merely inherits it from the caller, the closure for
  // withTaskCancellationHandler would run outside of the actor, and `registered` with it.
  private func wait(
    _ isolation: isolated (any Actor)?, on descriptor: Int32, events: Int16,
    until deadline: ContinuousClock.Instant?, cancellable: Bool,
    _ registered: (UInt64) -> Void
  ) async -> WaitOutcome {
    let id = waiterIDs.wrappingAdd(1, ordering: .relaxed).oldValue
    guard cancellable else { return await suspend(isolation, id, descriptor, events, deadline, registered) }
    return await withTaskCancellationHandler(
      operation: {
        await suspend(isolation, id, descriptor, events, deadline) { id in
          registered(id)
          // The handler below may have run before there was a waiter for it to end.
          if Task.isCancelled { wake(id, .cancelled) }
        }
      }, onCancel: { wake(id, .cancelled) }, isolation: isolation)
  }

  private func suspend(
    _ isolation: isolated (any Actor)?, _ id: UInt64, _ descriptor: Int32, _ events: Int16,
    _ deadline: ContinuousClock.Instant?, _ registered: (UInt64) -> Void
  ) async -> WaitOutcome {
    await withCheckedContinuation(isolation: isolation) { continuation in
      let waiter = LoopState.Waiter(
        continuation: continuation, deadline: deadline, descriptor: descriptor, events: events)
      interruptIfAsleep { $0.add(waiter, as: id) }
      registered(id)
    }
  }
}
