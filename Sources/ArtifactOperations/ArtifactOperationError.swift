package import BundleModel

/// Why an operation on stored archives and their rows is refused.
package struct ArtifactOperationError: Error, Equatable, CustomStringConvertible {
  package enum Kind: Sendable {
    /// The bundle has no artifact.
    case noArtifact
    /// The artifact is in another store than the one that the settings name.
    case elsewhere
    /// The store that the settings name cannot be the database's: nothing may be deleted there.
    case wrongStore
  }

  package let kind: Kind
  /// What is refused, and what to do; one line.
  package let message: String

  init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = UntrustedText.line(message, limit: 2000)
  }

  package var description: String { message }
}

extension ArtifactOperationError: ReportableError {
  package var exitStatus: ExitStatus {
    switch kind {
    case .noArtifact, .elsewhere: .failed
    case .wrongStore: .denied
    }
  }
}
