internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import Dispatch
internal import Logging
internal import Packager
internal import Synchronization

/// Executes one claimed job: resolve, look into the cache, package, upload, verify, publish.
final class AttemptRunner: Sendable {
  private let settings: PodSettings
  private let catalogue: Catalogue
  private let store: BundleStore
  private let artifacts: any ArtifactStore
  private let log: Logger
  /// Attempts that lost their job: they end without a word.
  private let lostClaims = Mutex<Set<Claim>>([])

  init(
    settings: PodSettings, catalogue: Catalogue, store: BundleStore, artifacts: any ArtifactStore, log: Logger
  ) {
    self.settings = settings
    self.catalogue = catalogue
    self.store = store
    self.artifacts = artifacts
    self.log = log
  }

  /// Notes that the job of an attempt belongs to somebody else.
  func lost(_ claim: Claim) { lostClaims.withLock { _ = $0.insert(claim) } }

  /// Works on a job to whatever end it comes to; on cancellation gives it back.
  ///
  /// - Parameter onLost: called when a write shows that the job was lost.
  func run(_ claim: Claim, onLost: @Sendable @escaping () -> Void) async {
    var log = log
    log[metadataKey: "bundle"] = "\(claim.slug)"
    log[metadataKey: "job"] = "\(claim.job)"
    log[metadataKey: "attempt"] = "\(claim.attempt)"
    log.info("started")
    let reporter = ProgressReporter()
    async let reporting: Void = reporter.run(claim: claim, store: store, onLost: onLost)
    let end: AttemptEnd?
    do {
      let made = try await make(claim, reporter: reporter, log: log)
      reporter.finish()
      await reporting
      end = try await publish(made, of: claim, log: log)
      if end == .ended(.completed) {
        log.info(made.publication.cached ? "completed from the cache" : "completed")
      }
    } catch {
      reporter.finish()
      await reporting
      end = await settle(error, of: claim, log: log)
    }
    if lostClaims.withLock({ $0.remove(claim) }) != nil || end == .lost || end == nil {
      log.warning("ended as lost")
    }
  }

  // MARK: - Making

  private struct Made: Sendable {
    var publication: Publication
    var tail: String?
  }

  private func make(_ claim: Claim, reporter: ProgressReporter, log: Logger) async throws -> Made {
    let packager = Packager(sandbox: settings.packaging.sandbox)
    guard let descriptor = claim.options.descriptor else {
      guard let known = catalogue.bundles[claim.slug] else {
        throw PackagingError(.bundle, "this pod does not offer the bundle any more")
      }
      // As it is now: the fingerprint is of the files as they are, so the config must be, too.
      return try await make(claim, from: try await reload(known), packager, reporter: reporter, log: log)
    }
    let described = try await DescribedSource.open(
      descriptor, slug: claim.slug, rules: settings.packaging.descriptors, packager: packager,
      temporaryDirectory: settings.temporaryDirectory)
    do {
      let made = try await make(claim, from: described.source, packager, reporter: reporter, log: log)
      await described.close()
      return made
    } catch {
      await described.close()
      throw error
    }
  }

  private func make(
    _ claim: Claim, from source: BundleSource, _ packager: Packager, reporter: ProgressReporter, log: Logger
  ) async throws -> Made {
    let request = settings.packaging.request(
      for: source, claim.options, temporaryDirectory: settings.temporaryDirectory)
    let resolved = try await packager.resolve(request)
    reporter.note { $0.fingerprint = resolved.fingerprint }
    if !claim.options.force, resolved.isPinned,
      let found = try await cached(claim.slug, resolved, reporter: reporter, log: log)
    {
      return Made(publication: found, tail: nil)
    }
    return try await packager.package(request, resolved) { event in
      switch event {
      case .stage(let stage, let message):
        reporter.note {
          $0.stage = stage
          $0.message = message
        }
      case .progress(let message, let fraction):
        reporter.note {
          $0.message = message ?? fraction.map { "\(Int($0 * 100)) %" }
        }
      }
    } body: { [self] archive in
      try await upload(archive, of: claim.slug, resolved, reporter: reporter, log: log)
    }
  }

  /// Reads the config of a bundle again; on a thread that may block.
  private func reload(_ known: BundleSource) async throws -> BundleSource {
    let now = try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result { try BundleSource.load(directory: known.directory) })
      }
    }
    guard now.slug == known.slug else {
      throw PackagingError(
        .bundle, "\(known.directory) holds the bundle \(now.slug) now; start this pod again to offer it")
    }
    return now
  }

  /// The artifact of these inputs, if it is recorded *and* stored as recorded. Only a missing object means "build it
  /// again"; a store that does not answer fails the attempt, which is then tried again.
  private func cached(_ slug: Slug, _ resolved: ResolvedBundle, reporter: ProgressReporter, log: Logger)
    async throws -> Publication?
  {
    guard let artifact = try await store.artifact(of: slug, fingerprint: resolved.fingerprint),
      let checksum = Checksum(hex: artifact.checksum), let size = artifact.size
    else { return nil }
    let wasVerified = artifact.verification == .match && artifact.verifiedAt != nil
    switch try await artifacts.verify(
      artifact.storageKey, size: size, checksum: checksum, deep: !wasVerified)
    {
    case .match: break
    case .missing:
      log.warning("the cached artifact is gone; building it again", metadata: ["key": "\(artifact.storageKey)"])
      await record(artifact, .missing, reason: "a pod found no such object", log: log)
      return nil
    case .mismatch:
      log.error("the cached artifact was changed; building it again", metadata: ["key": "\(artifact.storageKey)"])
      await record(
        artifact, .mismatch, reason: "a pod found other bytes than the recorded \(checksum.hex)", log: log)
      return nil
    }
    reporter.note {
      $0.stage = .cacheHit
      $0.message = "found in the cache"
    }
    return Publication(
      fingerprint: resolved.fingerprint, version: artifact.version ?? resolved.version, checksum: checksum,
      filename: artifact.filename ?? resolved.filename, storageKind: artifact.storageKind,
      storageKey: artifact.storageKey, storageURL: artifact.storageURL ?? artifacts.storageURL(artifact.storageKey),
      contentType: artifact.contentType ?? "application/gzip", size: size, cached: true,
      message: "found in the cache")
  }

  /// Tells everybody what a look at the cache found; the job goes on whether or not that can be written.
  private func record(_ artifact: Artifact, _ result: Verification, reason: String, log: Logger) async {
    do {
      _ = try await store.recordVerification(artifact, result, reason: reason, by: "pod \(settings.name)")
    } catch {
      log.warning("cannot record what the cache check found", metadata: ["error": "\(error)"])
    }
  }

  private func upload(
    _ archive: PackagedArchive, of slug: Slug, _ resolved: ResolvedBundle, reporter: ProgressReporter, log: Logger
  ) async throws -> Made {
    let key = artifacts.key(
      slug: slug, fingerprint: resolved.fingerprint, checksum: archive.checksum, filename: archive.filename)
    reporter.note {
      $0.message = "uploading"
      $0.bytesDone = 0
      $0.bytesTotal = archive.size
    }
    let outcome = try await artifacts.put(
      file: archive.path, key: key, checksum: archive.checksum, size: archive.size, contentType: archive.contentType
    ) { sent in reporter.note { $0.bytesDone = sent } }
    if outcome == .identical { try await read(key, archive, of: slug, resolved, log: log) }
    return Made(
      publication: Publication(
        fingerprint: resolved.fingerprint, version: archive.version, checksum: archive.checksum,
        filename: archive.filename, storageKind: artifacts.kind, storageKey: key,
        storageURL: artifacts.storageURL(key), contentType: archive.contentType, size: archive.size, cached: false),
      tail: archive.tail.nonBlank)
  }

  /// Reads what lay under the key of an archive before it. Nothing was sent because of what the store says of the
  /// key, which it may say of other bytes, and a job must not vouch for an object that nobody has read.
  private func read(
    _ key: String, _ archive: PackagedArchive, of slug: Slug, _ resolved: ResolvedBundle, log: Logger
  ) async throws {
    let found = try await artifacts.verify(key, size: archive.size, checksum: archive.checksum, deep: true)
    guard found != .match else { return }
    if let row = try await store.artifact(of: slug, fingerprint: resolved.fingerprint), row.storageKey == key {
      await record(row, found, reason: "a pod that built it again found other bytes under its key", log: log)
    }
    throw StorageError(
      .integrity,
      "\(artifacts.storageURL(key)) claims the right checksum and holds other bytes; remove it and try again")
  }

  // MARK: - Ending

  /// Writes how a failed or interrupted attempt ended. Nil: nobody could be told, the lease will run out.
  private func settle(_ error: any Error, of claim: Claim, log: Logger) async -> AttemptEnd? {
    if lostClaims.withLock({ $0.contains(claim) }) { return .lost }
    if Task.isCancelled {
      log.info("giving the job back")
      return await persist(claim, log: log) { [store] in try await store.giveBack(claim) }
    }
    let failure = AttemptFailure(error)
    log.warning(
      "failed", metadata: ["class": "\(failure.errorClass)", "error": "\(UntrustedText.line(failure.message))"])
    return await persist(claim, log: log) { [store] in
      try await store.fail(
        claim, errorClass: failure.errorClass, error: failure.message, tail: failure.tail?.nonBlank)
    }
  }

  /// Publishes while the store still has what is published: nobody deletes it between the look and the row.
  private func publish(_ made: Made, of claim: Claim, log: Logger) async throws -> AttemptEnd? {
    let missing = Mutex<StorageError?>(nil)
    let end = await persist(claim, log: log) { [store, artifacts] in
      missing.withLock { $0 = nil }
      return try await store.complete(claim, made.publication, tail: made.tail) {
        do throws(StorageError) {
          let key = made.publication.storageKey
          if case .missing = try await artifacts.inspect(key) {
            throw StorageError(.missing, "\(artifacts.storageURL(key)) vanished before it was published")
          }
        } catch {
          missing.withLock { $0 = error }
          throw error
        }
      }
    }
    if end == nil, let error = missing.withLock({ $0 }) { throw error }
    return end
  }

  /// Tries a last write until it is answered or the job can no longer be ours. Repeating is safe: it is fenced.
  private func persist(
    _ claim: Claim, log: Logger, _ write: @Sendable @escaping () async throws -> AttemptEnd
  ) async -> AttemptEnd? {
    let deadline = ContinuousClock.now.advanced(by: store.settings.stopAfter)
    while ContinuousClock.now < deadline {
      if lostClaims.withLock({ $0.contains(claim) }) { return .lost }
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

/// What an error means for the job that it ended.
struct AttemptFailure {
  var errorClass: ErrorClass
  var message: String
  var tail: String?

  init(_ error: any Error) {
    switch error {
    case let error as PackagingError:
      errorClass = error.errorClass
      message = error.message
      tail = error.tail
    case let error as StorageError:
      errorClass = error.errorClass
      message = "object store: \(error.message)"
    case let error as StoreError:
      // The database is as much a passing trouble of this pod as the object store.
      errorClass = error.kind == .unavailable ? .timeout : .pod
      message = "database: \(error.message)"
    default:
      errorClass = .pod
      message = "unexpected: \(error)"
    }
  }
}
