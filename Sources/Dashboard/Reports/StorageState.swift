package import BundleModel

/// Whether archives can be reached.
package enum StorageState: Equatable, Sendable {
  /// Not asked yet.
  case unknown
  case reachable
  case unreachable(since: Timestamp, reason: String)
  case notConfigured
}
