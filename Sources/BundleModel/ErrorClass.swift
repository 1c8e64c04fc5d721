/// Why an attempt failed; decides whether trying again may help.
package enum ErrorClass: String, CaseIterable, Sendable {
  /// The bundle itself is broken: its config, its manifest, its sources. Waits for a person.
  case bundle
  /// The object store did not answer or refused.
  case storage
  /// A deadline passed.
  case timeout
  /// The pod vanished.
  case lost
  /// A person cancelled.
  case cancelled
  /// The pod's own fault: disk full, a missing program, a broken set-up.
  case pod

  /// True when another attempt may succeed without anybody changing anything.
  package var isTransient: Bool {
    switch self {
    case .storage, .timeout, .lost: true
    case .bundle, .cancelled, .pod: false
    }
  }
}
