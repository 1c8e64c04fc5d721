/// What a token may do. AppHub's `job-bundles:read` and `job-bundles:write`.
package enum Scope: String, Sendable, CaseIterable {
  case read, write
}

/// Who asks, by the name of its token.
package struct Caller: Equatable, Sendable {
  package var name: String
  package var scopes: Set<Scope>

  package init(name: String, scopes: Set<Scope>) {
    self.name = name
    self.scopes = scopes
  }

  /// Whoever asks a pod that wants no tokens.
  package static let anybody = Caller(name: "anonymous", scopes: Set(Scope.allCases))
}

/// What a request's token says of who asks.
package enum Identity: Equatable, Sendable {
  /// It has none.
  case anonymous
  /// It has one that nobody was given.
  case refused
  case caller(Caller)

  /// The caller's name; nil where there is none.
  package var name: String? { if case .caller(let caller) = self { caller.name } else { nil } }
}
