internal import ArtifactStorage
internal import BundleModel

extension ArtifactStore {
  /// Throws unless an artifact is in a store of this kind.
  func requireHome(of artifact: Artifact) throws(ArtifactOperationError) {
    guard artifact.storageKind == kind else {
      throw ArtifactOperationError(
        .elsewhere,
        "the artifact of \(artifact.slug) is in a store of kind \(artifact.storageKind.rawValue), and the settings "
          + "name another")
    }
  }
}
