internal import ArtifactStorage
internal import BundleModel

/// The object store as the settings name it, and what is wrong with them.
struct StorageWatch: Sendable {
  /// Nil when there is none to talk to.
  let artifacts: (any ArtifactStore)?
  /// Why there is none.
  let complaint: String?

  init(environment: [String: String]) {
    guard environment["APPHUB_BUNDLE_STORAGE_BACKEND"]?.nonBlank != nil else {
      artifacts = nil
      complaint = "no object store is configured: set APPHUB_BUNDLE_STORAGE_BACKEND"
      return
    }
    do {
      artifacts = try StorageSettings(environment: environment).make()
      complaint = nil
    } catch {
      artifacts = nil
      complaint = error.message
    }
  }
}
