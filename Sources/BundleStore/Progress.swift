package import BundleModel

/// How far an attempt is.
package struct Progress: Equatable, Sendable {
  package var stage: Stage
  package var message: String?
  package var bytesDone: Int64?
  package var bytesTotal: Int64?
  /// Set once resolving has ended; nil leaves what the row holds.
  package var fingerprint: Fingerprint?

  package init(
    stage: Stage, message: String? = nil, bytesDone: Int64? = nil, bytesTotal: Int64? = nil,
    fingerprint: Fingerprint? = nil
  ) {
    self.stage = stage
    self.message = message
    self.bytesDone = bytesDone
    self.bytesTotal = bytesTotal
    self.fingerprint = fingerprint
  }
}
