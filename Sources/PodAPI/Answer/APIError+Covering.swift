internal import ArtifactStorage
internal import BundleStore
internal import LegacyStore

extension APIError {
  /// What a caller is told of a failure inside: who cannot act on the cause learns whether to try again.
  init(covering error: any Error) {
    switch error {
    case let error as APIError: self = error
    case let error as StoreError where error.kind == .unavailable:
      self = .unavailable("the database cannot be reached; try again")
    case let error as StorageError where error.kind == .unavailable || error.kind == .timeout:
      self = .unavailable("the object store cannot be reached; try again")
    case is LegacyError:
      self = .unavailable("this pod's directory of bundles cannot be read; try again, or another pod")
    case is CancellationError: self = .unavailable("this pod is stopping; try again")
    default: self.init(500, "internal error")
    }
  }
}
