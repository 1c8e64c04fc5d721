package import BundleModel

/// Why something could not be done with Postgres: one line without secrets, and what a program can decide on.
package struct PostgresError: Error, Sendable {
  /// What went wrong, for programs.
  package enum Kind: String, Sendable {
    /// `DATABASE_URL`, a `PG*` variable or another setting cannot be used.
    case settings
    /// No server answered at the address.
    case unreachable
    /// The server refused the user or the password (SQLSTATE class 28).
    case authentication
    /// The server answered with the error in `sqlState`.
    case sqlState
    /// The time given for it was over. Where the server answered the cancellation, nothing has taken effect.
    case deadline
    /// The task was cancelled. Where the server answered the cancellation, nothing has taken effect.
    case cancelled
    /// An open connection broke.
    case connectionLost
    /// The connection or the pool was closed on purpose, or given up after an earlier error.
    case closed
    /// The server said something that this driver does not understand.
    case protocolViolation
    /// A parameter cannot be sent, for example text with a NUL character.
    case encoding
    /// A column is missing, null, or of another type than the one asked for.
    case decoding
    /// The driver was called in a way that cannot work.
    case misuse
  }

  package var kind: Kind
  /// One line, fit for a terminal or a log, without password.
  package var message: String
  /// The five characters of the server's error code. Source: Postgres manual, appendix A.
  package var sqlState: String?
  /// The server's second line. May quote values of rows: not part of `description`.
  package var detail: String?
  /// The server's advice.
  package var hint: String?
  /// The name of the constraint that was violated.
  package var constraint: String?
  /// Which statement of a pipeline failed, counted from 0.
  package var statement: Int?
  /// True when the connection broke so late that a change may or may not have been made.
  package var outcomeIsUnknown = false

  package init(_ kind: Kind, _ message: String, sqlState: String? = nil) {
    self.kind = kind
    self.message = UntrustedText.line(message, limit: 600)
    self.sqlState = sqlState
  }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The message, with the error code where there is one.
  package var description: String { sqlState.map { "\(message) (SQLSTATE \($0))" } ?? message }
  package var debugDescription: String { "\(kind): \(description)" }
  package var customMirror: Mirror {
    Mirror(self, children: ["kind": kind, "message": message, "sqlState": sqlState as Any])
  }
}

extension PostgresError {
  /// True when the same transaction may succeed if it is run again: 40001 and 40P01.
  package var isSerializationFailure: Bool { sqlState == "40001" || sqlState == "40P01" }

  /// True when the connection is of no use any more and a new one may be.
  package var isConnectionLost: Bool {
    switch kind {
    case .connectionLost, .closed, .unreachable: return true
    default: break
    }
    guard let sqlState else { return false }
    return sqlState.hasPrefix("08") || ["57P01", "57P02", "57P03", "57P05", "25P03"].contains(sqlState)
  }

  /// True when waiting and trying again may help: lost connections, deadlines, serialization failures, lock
  /// timeouts and a server that is short of something (classes 53, 55P03, 57014).
  package var isTransient: Bool {
    if isConnectionLost || isSerializationFailure || kind == .deadline { return true }
    guard let sqlState else { return false }
    return sqlState.hasPrefix("53") || sqlState == "55P03" || sqlState == "57014"
  }

  /// True for 23505, a row that exists already.
  package var isUniqueViolation: Bool { sqlState == "23505" }

  /// True for 25006, a write on a read-only server or connection.
  package var isReadOnly: Bool { sqlState == "25006" }
}

extension PostgresError: ReportableError {
  package var exitStatus: ExitStatus { kind == .settings ? .usage : .unavailable }
}
