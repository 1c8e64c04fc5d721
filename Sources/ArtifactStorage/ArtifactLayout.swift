/// Under which keys a store keeps the archives that we make.
package enum ArtifactLayout: Sendable {
  /// `[prefix/]slug/fingerprint/<16 hex of the SHA-256>/filename`: other bytes have another key.
  case byChecksum
  /// AppHub's `[prefix/]slug/fingerprint/filename`, for a directory that its pods shall read. A put of other bytes
  /// takes the name; the earlier ones are kept beside it as `filename.superseded-<16 hex of their SHA-256>`.
  case appHub
}
