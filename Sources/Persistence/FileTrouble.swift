internal import BundleModel
internal import BundleStore
internal import LegacyStore

/// What trouble with a pod's directory means to those who know only the store.
enum FileTrouble {
  /// Runs a body; a directory that cannot be read is a store that is not available.
  static func asStoreError<Value>(_ body: () async throws -> Value) async throws(StoreError) -> Value {
    do {
      return try await body()
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(.unavailable, "the legacy directory cannot be used: \(error)")
    }
  }
}
