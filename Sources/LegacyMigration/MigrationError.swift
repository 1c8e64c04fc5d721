package import BundleModel
package import LegacyStore

/// Why a step of the migration could not go on.
package struct MigrationError: Error, Equatable, CustomStringConvertible {
  package enum Kind: Sendable {
    /// What was asked for makes no sense.
    case usage
    /// A directory, or a store, did not let it.
    case failed
    /// A rule of the rollout says no.
    case refused
  }

  package let kind: Kind
  /// One line: what happened, to what, and what to do. Holds no secret.
  package let message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = UntrustedText.line(message, limit: 2000)
  }

  package init(_ error: LegacyError) { self.init(.failed, error.message) }

  package var description: String { message }
}

extension MigrationError: ReportableError {
  package var exitStatus: ExitStatus {
    switch kind {
    case .usage: .usage
    case .failed: .failed
    case .refused: .denied
    }
  }
}
