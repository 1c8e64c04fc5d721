package import BundleModel
package import Logging

/// Who may ask this pod: everybody, or who has a token of the file, which is read again when it changes.
package struct AccessControl: Sendable {
  private let tokens: WatchedTokens?
  /// Those of this process alone.
  private var own: TokenTable?

  /// Everybody may do everything.
  package static let open = AccessControl()

  private init() { tokens = nil }

  /// Who has a token of this file. Blocks while it reads; throws when the file is missing or not well written.
  ///
  /// A file that is broken later leaves the tokens that were there, and a warning.
  package init(
    tokenFile path: String, log: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) throws(AccessError) {
    tokens = try WatchedTokens(TokenFile(path: path), log: log, now: now)
  }

  /// The same, and whoever has a token that is in no file, such as this process when it asks itself.
  package func adding(_ caller: Caller, token: Secret<String>) -> AccessControl {
    var access = self
    access.own = TokenTable(caller, token: token)
    return access
  }

  /// Whether nobody needs a token.
  package var isOpen: Bool { tokens == nil }

  /// Who asks, by the `Authorization` field (RFC 6750 section 2.1).
  package func identify(_ headers: HeaderFields) async -> Identity {
    guard let tokens else { return .caller(.anybody) }
    let fields = headers.all("authorization")
    guard fields.count < 2 else { return .refused }
    guard let field = fields.first, let token = Self.bearerToken(field) else { return .anonymous }
    if let caller = own?.caller(of: token) { return .caller(caller) }
    return await tokens.table().caller(of: token).map { .caller($0) } ?? .refused
  }

  private static func bearerToken(_ field: String) -> Secret<String>? {
    let parts = field.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer", let token = parts[1].nonBlank else { return nil }
    return Secret(token)
  }
}
