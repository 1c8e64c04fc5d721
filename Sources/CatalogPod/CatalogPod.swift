package import ArtifactStorage
internal import BundleModel
package import BundleStore
package import Logging
package import Packager

/// One catalog pod: offers its bundles, claims jobs, packages, uploads, and says that it is alive.
package actor CatalogPod {
  private let settings: PodSettings
  private let store: BundleStore
  private let worker: Worker
  private let runner: AttemptRunner
  private let catalogue: Catalogue
  private let storeIdentity: String
  /// Why no other pod may use the same store as it is set up here.
  private let sharingProblem: String?
  private let log: Logger
  private var leases: LeaseTable
  private var attempts = AttemptTable()
  private var mayClaim = true
  private let waker: AsyncStream<Void>.Continuation
  private let wakes: AsyncStream<Void>

  /// - Parameters:
  ///   - catalogue: what was found under `settings.examplesRoot`.
  ///   - artifacts: where archives go.
  package init(
    settings: PodSettings, catalogue: Catalogue, store: BundleStore, artifacts: any ArtifactStore, log: Logger
  ) {
    self.settings = settings
    self.store = store
    self.catalogue = catalogue
    self.log = log
    storeIdentity = artifacts.identity
    sharingProblem = artifacts.sharingProblem
    worker = Worker(owner: settings.owner, pod: settings.name)
    leases = LeaseTable(stopAfter: store.settings.stopAfter)
    runner = AttemptRunner(settings: settings, catalogue: catalogue, store: store, artifacts: artifacts, log: log)
    (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Works until the task is cancelled; then gives back what it holds and says goodbye.
  package func run() async {
    sayWhatIsOffered()
    await withTaskGroup { group in
      group.addTask { await self.beat() }
      group.addTask { await self.keepLeases() }
      group.addTask { await self.tidy() }
      group.addTask { await self.listen() }
      group.addTask { await self.claimWork() }
      group.addTask { await self.stopWhenAsked() }
    }
    // What was claimed at the last moment.
    attempts.cancelAll()
    for attempt in attempts.tasks { await attempt.value }
    do {
      try await uncancelled { [store, worker] in try await store.leave(worker) }
    } catch {
      log.warning("could not say goodbye", metadata: ["error": "\(error)"])
    }
    log.info("stopped")
  }

  /// Ends all work as soon as the pod is asked to go, whatever the others still wait for: who asks kills before long.
  private func stopWhenAsked() async {
    let (asked, waiting) = AsyncStream<Never>.makeStream()
    for await _ in asked {}
    waiting.finish()
    attempts.cancelAll()
  }

  // MARK: - Being known

  private func sayWhatIsOffered() {
    log.info("offering bundles", metadata: ["count": "\(catalogue.bundles.count)", "store": "\(storeIdentity)"])
    for note in Self.notes(of: catalogue) { log.warning("not offered", metadata: ["bundle": "\(note)"]) }
  }

  /// What a person should know of bundles that are not offered; each line begins with the bundle or its path.
  private static func notes(of catalogue: Catalogue) -> [String] {
    let duplicates = catalogue.duplicates.sorted { $0.key < $1.key }.map { slug, places in
      "\(slug): found in more than one place, so none is offered: \(places.sorted().joined(separator: ", "))"
    }
    return duplicates + catalogue.problems.map { "\($0.path): \($0.reason)" }
  }

  private func beat() async {
    var isRegistered = false
    await every(store.settings.beatEvery) { [self] in
      do throws(StoreError) {
        if isRegistered {
          isRegistered = try await store.beat(worker, running: leases.count)
        }
        if !isRegistered {
          try await store.register(registration)
          isRegistered = true
          waker.yield()
        }
        try await compareStores()
      } catch {
        log.warning("not able to say that this pod is alive", metadata: ["error": "\(error)"])
      }
    }
  }

  private var registration: PodRegistration {
    PodRegistration(
      worker: worker, url: settings.url, version: settings.version, store: storeIdentity,
      concurrency: settings.concurrency,
      catalogue: catalogue.bundles.values.map { ($0.slug, $0.version) }.sorted { $0.0 < $1.0 },
      notes: Self.notes(of: catalogue), legacy: settings.legacy)
  }

  /// A pod that writes archives where nobody else reads them must not claim.
  private func compareStores() async throws(StoreError) {
    let others = try await store.foreignStores(seenBy: worker)
    if others.isEmpty != mayClaim {
      mayClaim = others.isEmpty
      if mayClaim {
        log.info("the object store is the other pods' again; claiming")
      } else {
        var metadata: Logger.Metadata = ["mine": "\(storeIdentity)", "theirs": "\(others.joined(separator: ", "))"]
        if let sharingProblem { metadata["hint"] = "\(sharingProblem)" }
        log.error("not claiming: other pods use another object store", metadata: metadata)
      }
    }
  }

  // MARK: - Work

  private func listen() async {
    await store.listen { [waker] in waker.yield() }
  }

  private func claimWork() async {
    await withTaskGroup { group in
      group.addTask { [waker, pollEvery = store.settings.pollEvery] in
        await every(pollEvery) { waker.yield() }
        waker.finish()
      }
      for await _ in wakes {
        guard !Task.isCancelled else { break }
        await stopCancelled()
        await claimOnce()
      }
      group.cancelAll()
    }
  }

  /// A person who cancels waits for the work to stop, so this is asked at every ring and every poll.
  private func stopCancelled() async {
    let asked = leases.claims
    guard !asked.isEmpty else { return }
    do throws(StoreError) {
      let kept = try await store.held(asked)
      for claim in asked where !kept.contains(claim) { lose(claim) }
    } catch {
      log.debug("cannot look for cancelled jobs", metadata: ["error": "\(error)"])
    }
  }

  private func claimOnce() async {
    let free = settings.concurrency - attempts.count
    guard mayClaim, free > 0, !catalogue.bundles.isEmpty, !Task.isCancelled else { return }
    let sent = ContinuousClock.now
    do {
      // Not cancelled half-way: a claim whose answer is thrown away would sleep until its lease ends.
      let claims = try await uncancelled { [store, worker, catalogue] in
        try await store.claim(worker, catalogue: Array(catalogue.bundles.keys), limit: free)
      }
      for claim in claims { start(claim, sent: sent) }
    } catch {
      log.warning("cannot claim", metadata: ["error": "\(error)"])
    }
  }

  private func start(_ claim: Claim, sent: ContinuousClock.Instant) {
    for earlier in leases.add(claim, sent: sent) {
      log.warning("claimed a job again that was worked on", metadata: ["bundle": "\(earlier.slug)"])
      stop(earlier)
    }
    attempts.start(claim) { [runner] number in
      await runner.run(claim) { [weak self] in Task { await self?.lose(number) } }
      await self.ended(number)
    }
  }

  private func ended(_ number: Int) {
    if let claim = attempts.end(number) { leases.remove(claim) }
    waker.yield()
  }

  /// The same for work whose own write has shown it.
  private func lose(_ number: Int) {
    if let claim = attempts.claim(of: number) { lose(claim) }
  }

  /// Stops an attempt whose job belongs to somebody else now. Its writes change nothing any more.
  private func lose(_ claim: Claim) {
    guard attempts.contains(claim) else { return }
    leases.remove(claim)
    stop(claim)
    log.warning("lost a job", metadata: ["bundle": "\(claim.slug)", "attempt": "\(claim.attempt)"])
  }

  private func stop(_ claim: Claim) {
    runner.lost(claim)
    attempts.cancel(claim)
  }

  // MARK: - Leases

  private func keepLeases() async {
    await withTaskGroup { group in
      group.addTask { await every(self.store.settings.renewEvery) { await self.renew() } }
      group.addTask { await every(.milliseconds(200)) { await self.stopOverdue() } }
    }
  }

  private func renew() async {
    let asked = leases.claims
    guard !asked.isEmpty else { return }
    let sent = ContinuousClock.now
    do {
      let kept = try await store.renew(asked)
      for claim in leases.renewed(asked: asked, kept: kept, sent: sent) { lose(claim) }
    } catch {
      log.warning("cannot renew leases", metadata: ["error": "\(error)"])
    }
  }

  private func stopOverdue() {
    for claim in leases.overdue(at: .now) { lose(claim) }
  }

  // MARK: - Housekeeping

  private func tidy() async {
    var turn = 0
    await every(.seconds(5)) { [self] in
      do throws(StoreError) {
        let ended = try await store.failPoisonJobs()
        if ended > 0 { log.error("gave up jobs that were lost too often", metadata: ["count": "\(ended)"]) }
        if turn % 60 == 0 {
          _ = try await store.pruneEvents()
          try await store.prunePods()
        }
        turn += 1
      } catch {
        log.debug("housekeeping waits", metadata: ["error": "\(error)"])
      }
    }
  }
}

/// Runs `body` again and again, `interval` apart, until the task is cancelled.
func every(_ interval: Duration, _ body: () async -> Void) async {
  while !Task.isCancelled {
    await body()
    try? await Task.sleep(for: interval)
  }
}

/// Runs `body` to its end even when the calling task is cancelled.
func uncancelled<T: Sendable>(_ body: @Sendable @escaping () async throws -> T) async throws -> T {
  try await Task { try await body() }.value
}
