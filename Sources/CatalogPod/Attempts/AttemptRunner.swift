internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import Logging
internal import Packager
internal import Persistence
internal import PodAPI

/// Executes one claimed job: resolve, look into the cache, package, upload, verify, publish.
struct AttemptRunner: Sendable {
  private let claim: Claim
  private let pod: PodDependencies
  private let loss: LossFlag
  private let log: Logger
  private let reporter: ProgressReporter

  /// - Parameter loss: set when the job belongs to somebody else; the attempt then ends without a word.
  init(claim: Claim, pod: PodDependencies, loss: LossFlag) {
    self.claim = claim
    self.pod = pod
    self.loss = loss
    reporter = ProgressReporter(metrics: pod.metrics)
    var log = pod.log
    log[metadataKey: "bundle"] = "\(claim.slug)"
    log[metadataKey: "job"] = "\(claim.job)"
    log[metadataKey: "attempt"] = "\(claim.attempt)"
    self.log = log
  }

  /// Works on the job to whatever end it comes to; on cancellation gives it back.
  ///
  /// - Parameter onLost: called when a write shows that the job was lost.
  func run(onLost: @Sendable @escaping () -> Void) async {
    log.info("started")
    async let reporting: Void = reporter.run(claim: claim, store: pod.statuses, onLost: onLost)
    let end: AttemptEnd?
    do {
      let made = try await make()
      reporter.finish()
      await reporting
      end = try await publish(made)
      if end == .ended(.completed) {
        log.info(made.publication.cached ? "completed from the cache" : "completed")
      }
    } catch {
      reporter.finish()
      await reporting
      end = await settle(error)
    }
    let isLost = loss.isLost || end == .lost || end == nil
    if isLost {
      log.warning("ended as lost")
      await tellLoss()
    }
    pod.metrics.ended(isLost ? .lost : outcome(end))
  }

  private func outcome(_ end: AttemptEnd?) -> JobOutcome {
    switch end {
    case .ended(.completed): .completed
    case .ended(.failed): .failed
    case .ended(.cancelled): .cancelled
    // Waiting again: given back because the pod goes, or failed with attempts left.
    case .ended(.queued), .ended(.running): Task.isCancelled ? .returned : .retried
    case .lost, nil: .lost
    }
  }

  /// The pod may show the attempt as running elsewhere than in the database.
  private func tellLoss() async {
    do {
      try await uncancelled { [claim, pod] in try await pod.statuses.lost(claim) }
    } catch {
      log.warning("cannot show that the attempt is lost", metadata: ["error": "\(error)"])
    }
  }

  // MARK: - Making

  private struct Made: Sendable {
    var publication: Publication
    /// The end of what the commands printed.
    var tail: String?
  }

  private func make() async throws -> Made {
    let packager = Packager(sandbox: pod.settings.packaging.sandbox)
    return try await ClaimedSource(claim: claim, pod: pod).open(with: packager) { source in
      try await make(from: source, packager)
    }
  }

  private func make(from source: BundleSource, _ packager: Packager) async throws -> Made {
    let request = pod.settings.packaging.request(
      for: source, claim.options, temporaryDirectory: pod.settings.temporaryDirectory)
    let resolved = try await packager.resolve(request)
    reporter.note { $0.fingerprint = resolved.fingerprint }
    if claim.options.force || !resolved.isPinned {
      pod.metrics.looked(.bypass)
    } else if let found = try await CacheLookup(pod: pod, log: log).publication(of: claim.slug, resolved) {
      reporter.note {
        $0.stage = .cacheHit
        $0.message = found.message
      }
      return Made(publication: found, tail: nil)
    }
    return try await packager.package(request, resolved) { [reporter] event in
      reporter.note { $0.apply(event) }
    } body: { archive in
      let upload = ArtifactUpload(pod: pod, reporter: reporter, log: log)
      let sent = try await upload.send(archive, of: claim.slug, resolved.fingerprint)
      return Made(publication: sent, tail: archive.tail.nonBlank)
    }
  }

  // MARK: - Ending

  /// Publishes while the store still has what is published: nobody deletes it between the look and the row.
  private func publish(_ made: Made) async throws -> AttemptEnd? {
    let answer = await lastWrite { [claim, pod] () async throws -> Result<AttemptEnd, any Error> in
      do {
        let end = try await pod.statuses.complete(claim, made.publication, tail: made.tail) {
          try await confirm(made.publication.storageKey, in: pod.artifacts)
        }
        return .success(end)
      } catch let error as StoreError {
        throw error
      } catch {
        return .failure(error)
      }
    }
    return try answer?.get()
  }

  /// Writes how a failed or interrupted attempt ended. Nil: nobody could be told, the lease will run out.
  private func settle(_ error: any Error) async -> AttemptEnd? {
    if loss.isLost { return .lost }
    if Task.isCancelled {
      log.info("giving the job back")
      return await lastWrite { [claim, pod] in try await pod.statuses.giveBack(claim, tail: nil) }
    }
    let failure = AttemptFailure(error)
    log.warning(
      "failed", metadata: ["class": "\(failure.errorClass)", "error": "\(UntrustedText.line(failure.message))"])
    return await lastWrite { [claim, pod] in
      try await pod.statuses.fail(
        claim, errorClass: failure.errorClass, error: failure.message, tail: failure.tail?.nonBlank,
        random: Double.random(in: 0...1))
    }
  }

  /// Tries a last write until it is answered or the job can no longer be ours. Repeating is safe: it is fenced.
  ///
  /// Nil: it was lost, or nobody could be told.
  private func lastWrite<Answer: Sendable>(_ write: @Sendable @escaping () async throws -> Answer) async -> Answer?
  {
    let deadline = ContinuousClock.now.advanced(by: pod.store.settings.stopAfter)
    while ContinuousClock.now < deadline {
      if loss.isLost { return nil }
      do {
        return try await uncancelled(write)
      } catch {
        log.warning("cannot write how the attempt ended", metadata: ["error": "\(error)"])
        guard (error as? StoreError)?.kind == .unavailable else { return nil }
        try? await uncancelled { try await Task.sleep(for: .milliseconds(300)) }
      }
    }
    return nil
  }
}

/// Fails when the object that is about to be published is not there.
private func confirm(_ key: String, in artifacts: any ArtifactStore) async throws(StorageError) {
  if case .missing = try await artifacts.inspect(key) {
    throw StorageError(.missing, "\(artifacts.storageURL(key)) vanished before it was published")
  }
}

extension Progress {
  /// What the packager has said becomes what the row shows.
  fileprivate mutating func apply(_ event: PackagingEvent) {
    switch event {
    case .stage(let stage, let message):
      self.stage = stage
      self.message = message
    case .progress(let message, let fraction):
      self.message = message ?? fraction.map { "\(Int($0 * 100)) %" }
    }
  }
}
