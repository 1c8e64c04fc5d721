internal import ArtifactStorage
internal import BundleModel
internal import BundleStore

/// What a look at one stored artifact came to.
struct VerifyFinding: Sendable {
  enum Result: String, CaseIterable, Sendable {
    case match, mismatch, missing
    /// The store did not answer properly: neither there nor gone. Nothing is recorded.
    case error
    /// It cannot be looked at from here. Nothing is recorded.
    case skipped
  }

  var artifact: Artifact
  var result: Result
  var comparison: ObjectComparison?
  /// Why it is no match, in one line.
  var reason: String?
  /// The store refused our keys or our right.
  var isDenied = false
}

/// Compares stored objects with their rows and records what came of it.
struct ArtifactVerifier {
  let store: BundleStore
  let artifacts: any ArtifactStore
  /// Read the bytes in any case.
  let deep: Bool
  let who: String

  /// Looks at all of them, some at once; tells each finding as it comes.
  ///
  /// - Throws: when the database does not take a record, for then nothing else will be recorded either.
  func verify(_ all: [Artifact], parallel: Int, each: @Sendable (VerifyFinding) -> Void) async throws {
    try await withThrowingTaskGroup(of: VerifyFinding.self) { group in
      var waiting = all.makeIterator()
      for _ in 0..<max(1, parallel) {
        guard let artifact = waiting.next() else { break }
        group.addTask { try await verify(artifact) }
      }
      while let finding = try await group.next() {
        each(finding)
        if let artifact = waiting.next() { group.addTask { try await verify(artifact) } }
      }
    }
  }

  /// Looks at one artifact, again when its row changed meanwhile.
  func verify(_ artifact: Artifact) async throws -> VerifyFinding {
    var artifact = artifact
    for _ in 0..<3 {
      if let reason = notHere(artifact) {
        return VerifyFinding(artifact: artifact, result: .skipped, reason: reason)
      }
      let comparison: ObjectComparison
      do throws(StorageError) {
        comparison = try await artifacts.compare(artifact, deep: deep)
      } catch {
        try Task.checkCancellation()
        return VerifyFinding(
          artifact: artifact, result: .error, reason: error.message, isDenied: error.kind == .denied)
      }
      guard let verification = comparison.verification else {
        return VerifyFinding(
          artifact: artifact, result: .skipped, comparison: comparison, reason: comparison.reason)
      }
      let outcome = try await store.recordVerification(
        artifact, verification, reason: comparison.reason,
        actual: comparison.bytesRead > 0 ? comparison.checksum : nil, by: who)
      switch outcome {
      case .recorded:
        return VerifyFinding(
          artifact: artifact, result: VerifyFinding.Result(verification), comparison: comparison,
          reason: comparison.reason)
      case .gone: return VerifyFinding(artifact: artifact, result: .skipped, reason: Self.gone)
      case .changed:
        guard let now = try await store.artifact(of: artifact.slug, fingerprint: artifact.fingerprint) else {
          return VerifyFinding(artifact: artifact, result: .skipped, reason: Self.gone)
        }
        artifact = now
      }
    }
    return VerifyFinding(
      artifact: artifact, result: .error, reason: "its row changed each time while the object was looked at")
  }

  private static let gone = "its row was deleted meanwhile"

  /// Why the store of our settings is not where the object lies; nil when it is.
  private func notHere(_ artifact: Artifact) -> String? {
    guard artifact.storageKind == artifacts.kind else {
      return
        "it is in a store of kind \(artifact.storageKind.rawValue), and the settings name \(artifacts.kind.rawValue)"
    }
    // A wrong bucket would make everything look missing.
    guard artifacts.kind == .s3, let noted = Self.bucket(artifact.storageURL),
      let ours = Self.bucket(artifacts.storageURL("x")), noted != ours
    else { return nil }
    return "it is in bucket \(noted), and the settings name \(ours)"
  }

  private static func bucket(_ url: String?) -> Substring? {
    guard let url, url.hasPrefix("s3://") else { return nil }
    return url.dropFirst(5).prefix { $0 != "/" }
  }
}

extension VerifyFinding.Result {
  init(_ verification: Verification) {
    switch verification {
    case .match: self = .match
    case .mismatch: self = .mismatch
    case .missing: self = .missing
    }
  }
}
