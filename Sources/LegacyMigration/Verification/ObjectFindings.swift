internal import ArtifactStorage
internal import BundleModel

/// What looks at objects came to, by the artifact whose row names them.
struct ObjectFindings: Sendable {
  struct Finding: Sendable {
    /// Nil: the object is there and is what was published.
    var difference: (kind: MigrationDifference.Kind, reason: String)?
    var bytesRead: Int64 = 0
  }

  /// Those that are not as they should be, as their rows were when they were looked at.
  private(set) var bad: [String: (artifact: Artifact, kind: MigrationDifference.Kind, reason: String)] = [:]
  private(set) var good = 0
  private(set) var bytesRead: Int64 = 0

  mutating func take(_ finding: Finding, of artifact: Artifact) {
    bytesRead += finding.bytesRead
    if let difference = finding.difference {
      bad[artifact.id] = (artifact, difference.kind, difference.reason)
    } else {
      bad[artifact.id] = nil
      good += 1
    }
  }

  /// Its row was deleted meanwhile.
  mutating func forget(_ artifact: Artifact) { bad[artifact.id] = nil }

  var differences: [MigrationDifference] {
    bad.values.map { MigrationDifference(kind: $0.kind, slug: $0.artifact.slug, reason: $0.reason) }
  }
}

extension ArtifactStore {
  /// Looks at the object of an artifact. Throws only when nobody waits for it any more.
  func finding(_ artifact: Artifact, deep: Bool) async throws -> ObjectFindings.Finding {
    func difference(_ kind: MigrationDifference.Kind, _ reason: String) -> ObjectFindings.Finding {
      ObjectFindings.Finding(difference: (kind, "\(artifact.storageURL ?? artifact.storageKey): \(reason)"))
    }
    guard artifact.storageKind == kind else {
      return difference(
        .objectUnknown,
        "it is in a store of kind \(artifact.storageKind.rawValue), and the settings name \(kind.rawValue)")
    }
    do throws(StorageError) {
      let comparison = try await compare(artifact, deep: deep)
      var finding: ObjectFindings.Finding
      switch comparison.verification {
      case .match: finding = ObjectFindings.Finding()
      case .missing: finding = difference(.objectMissing, "there is no such object")
      case .mismatch: finding = difference(.objectMismatch, comparison.reason ?? "it is not what was published")
      case nil: finding = difference(.objectUnknown, comparison.reason ?? "there is nothing to compare it with")
      }
      finding.bytesRead = comparison.bytesRead
      return finding
    } catch {
      try Task.checkCancellation()
      return difference(.objectUnknown, error.message)
    }
  }
}
