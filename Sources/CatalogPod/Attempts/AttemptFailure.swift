internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import LegacyStore
internal import Packager

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
    case let error as LegacyError:
      errorClass = .storage
      message = "legacy directory: \(error.message)"
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
