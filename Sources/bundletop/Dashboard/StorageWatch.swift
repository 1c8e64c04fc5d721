internal import ArtifactStorage
internal import BundleModel
internal import Dashboard

/// The object store as the settings name it, what is wrong with them, and whether it answers.
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

  /// Asks the object store now and then whether it is there; tells only what changed.
  func follow(telling inbox: EventInbox) async {
    guard let artifacts else { return inbox.post { .storage(.notConfigured, at: $0) } }
    var isReachable: Bool?
    while !Task.isCancelled {
      do throws(StorageError) {
        try await artifacts.check()
        if isReachable != true { inbox.post { .storage(.reachable, at: $0) } }
        isReachable = true
      } catch {
        if Task.isCancelled { return }
        if isReachable != false {
          inbox.post { .storage(.unreachable(since: $0, reason: error.message), at: $0) }
        }
        isReachable = false
      }
      try? await Task.sleep(for: isReachable == true ? .seconds(30) : .seconds(5))
    }
  }
}
