package import ArtifactStorage
package import BundleModel
package import BundleStore

/// What a look at one stored artifact came to.
package struct VerifyFinding: Sendable {
  package enum Result: String, CaseIterable, Sendable {
    case match, mismatch, missing
    /// The store did not answer properly: neither there nor gone. Nothing is recorded.
    case error
    /// It cannot be looked at from here. Nothing is recorded.
    case skipped
  }

  package let artifact: Artifact
  package let result: Result
  package let comparison: ObjectComparison?
  /// Why it is no match, in one line.
  package let reason: String?
  /// The store refused our keys or our right.
  package let isDenied: Bool

  init(
    artifact: Artifact, result: Result, comparison: ObjectComparison? = nil, reason: String?, isDenied: Bool = false
  ) {
    self.artifact = artifact
    self.result = result
    self.comparison = comparison
    self.reason = reason
    self.isDenied = isDenied
  }
}

/// Compares stored objects with their rows and records what came of it.
package struct ArtifactVerifier: Sendable {
  private let store: BundleStore
  private let artifacts: any ArtifactStore
  private let deep: Bool
  private let who: String

  /// - Parameters:
  ///   - deep: read the bytes in any case.
  ///   - who: the name that is recorded with each finding.
  package init(store: BundleStore, artifacts: any ArtifactStore, deep: Bool, who: String) {
    self.store = store
    self.artifacts = artifacts
    self.deep = deep
    self.who = who
  }

  /// Looks at all of them, some at once; tells each finding as it comes.
  ///
  /// - Throws: when the database does not take a record, for then nothing else will be recorded either.
  package func verify(_ all: [Artifact], parallel: Int, each: @Sendable (VerifyFinding) -> Void) async throws {
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
  package func verify(_ artifact: Artifact) async throws -> VerifyFinding {
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
