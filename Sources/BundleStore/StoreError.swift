package import BundleModel
internal import Postgres

/// What can go wrong between a program and the durable store.
package struct StoreError: Error, Equatable, CustomStringConvertible {
  /// What a caller can act on.
  package enum Kind: Sendable {
    /// The database cannot be reached, or did not answer in time.
    case unavailable
    /// The database is there, but its schema is missing, too old, too new or was changed by hand.
    case schema
    /// The database refused: rights, a standby, a broken constraint.
    case refused
    /// What was asked for makes no sense to the store.
    case invalid
    /// A row holds what no writer of ours would have written.
    case corrupt
  }

  package let kind: Kind
  /// One line: what happened, to what, and what to do. Holds no secret.
  package let message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  package var description: String { message }
}

extension StoreError {
  /// Says what a failed statement means for a person who runs one of our programs.
  init(_ error: PostgresError) {
    switch error.sqlState {
    case "42P01", "42703", "42883", "3F000":
      self.init(
        .schema, "the database has no (complete) bundletop schema: \(error.message); run `bundletop schema apply`")
    case "42501":
      self.init(.refused, "the database role may not do this: \(error.message)")
    case "25006":
      self.init(.refused, "the database is read-only: \(error.message)")
    default:
      switch error.kind {
      case .unreachable, .deadline, .closed, .authentication, .cancelled: self.init(.unavailable, error.message)
      case .settings: self.init(.invalid, error.message)
      default: self.init(error.isConnectionLost ? .unavailable : .refused, error.message)
      }
    }
  }
}

extension StoreError: ReportableError {
  package var exitStatus: ExitStatus {
    switch kind {
    case .unavailable: .unavailable
    case .refused: .denied
    case .invalid: .usage
    case .schema, .corrupt: .failed
    }
  }
}
