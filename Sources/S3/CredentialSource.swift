internal import BundleModel
internal import ProcessControl
import Synchronization

/// Where keys come from, and the keys as they stand: secrets that are mounted as files are rotated while a program
/// runs, so files that changed are read again.
///
/// In order: `APPHUB_BUNDLE_STORAGE_ACCESS_KEY_ID`, `_SECRET_ACCESS_KEY`, `_SESSION_TOKEN` (each also as `…_FILE`),
/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, the AWS profile. What comes first is taken
/// whole: a token never joins another source's keys. Instance metadata and single sign-on are not asked.
package final class CredentialSource: Sendable {
  private struct Found: Sendable {
    var credentials: S3Credentials
    var region: String?
    var origin: String
    /// What was read, as it was then.
    var files: [(path: String, stamp: SecretFile.Stamp?)]
  }

  private struct State {
    var found: Found
    var generation = 0
    var lookedAt: ContinuousClock.Instant
  }

  private let variables: SecretVariables
  private let state: Mutex<State>
  /// How long a look at the files holds.
  private static let lookEvery = Duration.seconds(1)

  /// Reads variables and files.
  ///
  /// - Throws: `.invalidRequest`, the message beginning with the variable that is missing or wrong.
  package init(environment: [String: String], prefix: String = "APPHUB_BUNDLE_STORAGE_") throws(S3Error) {
    variables = SecretVariables(environment: environment, prefix: prefix)
    let found = try CredentialSource.find(variables)
    state = Mutex(State(found: found, lookedAt: .now))
  }

  /// The keys as they stood at the last look, and how often they have changed until then.
  package var current: (credentials: S3Credentials, generation: Int) {
    state.withLock { ($0.found.credentials, $0.generation) }
  }

  /// The keys as they stood at the last look.
  package var credentials: S3Credentials { current.credentials }

  /// The profile's region; nil when the keys come from elsewhere.
  package var region: String? { state.withLock { $0.found.region } }

  /// What to tell a person of where the keys come from: a variable, a file or a profile, never a value.
  package var origin: String { state.withLock { $0.found.origin } }

  /// Looks at the files, at most once a second, and reads them again when one changed. Blocks for a few stat(2)
  /// calls on files that the program began by reading.
  ///
  /// - Parameter force: read them even when they were looked at just now and did not change.
  /// Files that cannot be used right now change nothing: a key pair may be half-way through its rotation.
  package func look(force: Bool = false) {
    let files = state.withLock { (state) -> [(path: String, stamp: SecretFile.Stamp?)] in
      guard force || ContinuousClock.now - state.lookedAt >= CredentialSource.lookEvery else { return [] }
      state.lookedAt = .now
      return state.found.files
    }
    guard !files.isEmpty, force || files.contains(where: { SecretFile.Stamp($0.path) != $0.stamp }) else { return }
    guard let found = try? CredentialSource.find(variables) else { return }
    state.withLock { state in
      if !found.credentials.isSame(as: state.found.credentials) { state.generation += 1 }
      state.found = found
    }
  }

  /// Whether the keys are others than those of a generation that a server just refused. Reads the files if need be,
  /// whatever their times say.
  package func hasChanged(since generation: Int) async -> Bool {
    if current.generation != generation { return true }
    await DetachedThread.value { self.look(force: true) }
    return current.generation != generation
  }

  private static func find(_ variables: SecretVariables) throws(S3Error) -> Found {
    let id = try variables.value("ACCESS_KEY_ID")
    let secret = try variables.value("SECRET_ACCESS_KEY")
    let prefix = variables.prefix
    switch (id, secret) {
    case (let id?, let secret?):
      let token = try variables.value("SESSION_TOKEN")
      let all = [id, secret] + (token.map { [$0] } ?? [])
      return Found(
        credentials: try checked(
          (id.text, id.variable), (secret.text, secret.variable), token.map { ($0.text, $0.variable) }),
        origin: all.map(\.variable).joined(separator: ", "),
        files: all.compactMap { value in value.path.map { ($0, value.stamp) } })
    case (_?, nil): throw SecretVariables.wrong("\(prefix)SECRET_ACCESS_KEY is not set, but the access key id is")
    case (nil, _?): throw SecretVariables.wrong("\(prefix)ACCESS_KEY_ID is not set, but the secret access key is")
    case (nil, nil): break
    }
    if let id = variables.plain("AWS_ACCESS_KEY_ID") {
      guard let secret = variables.plain("AWS_SECRET_ACCESS_KEY") else {
        throw SecretVariables.wrong("AWS_SECRET_ACCESS_KEY is not set, but AWS_ACCESS_KEY_ID is")
      }
      let token = variables.plain("AWS_SESSION_TOKEN").map { (Secret($0), "AWS_SESSION_TOKEN") }
      return Found(
        credentials: try checked(
          (Secret(id), "AWS_ACCESS_KEY_ID"), (Secret(secret), "AWS_SECRET_ACCESS_KEY"), token),
        origin: "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY" + (token == nil ? "" : ", AWS_SESSION_TOKEN"), files: [])
    }
    guard let profile = try AWSProfile(variables) else {
      throw SecretVariables.wrong(
        "\(prefix)ACCESS_KEY_ID and \(prefix)SECRET_ACCESS_KEY are not set (nor AWS_ACCESS_KEY_ID and "
          + "AWS_SECRET_ACCESS_KEY, nor does an AWS profile hold keys)")
    }
    let keys = profile.credentials
    return Found(
      credentials: try checked(
        (Secret(keys.accessKeyID), "aws_access_key_id of \(profile.description)"),
        (keys.secretAccessKey, "aws_secret_access_key of \(profile.description)"),
        keys.sessionToken.map { ($0, "aws_session_token of \(profile.description)") }),
      region: profile.region, origin: profile.description, files: profile.files)
  }

  /// Keys and tokens go into header fields: a line break or a byte beyond ASCII in one would go there too.
  private static func checked(
    _ id: (Secret<String>, String), _ secret: (Secret<String>, String), _ token: (Secret<String>, String)?
  ) throws(S3Error) -> S3Credentials {
    for (text, name) in [id, secret] + (token.map { [$0] } ?? []) {
      guard text.reveal().utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
        throw SecretVariables.wrong("\(name) holds a line break or another control character")
      }
    }
    for (text, name) in [id] + (token.map { [$0] } ?? []) {
      guard text.reveal().utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
        throw SecretVariables.wrong("\(name) holds a blank or a character beyond ASCII")
      }
    }
    return S3Credentials(
      accessKeyID: id.0.reveal(), secretAccessKey: secret.0, sessionToken: token?.0)
  }
}

extension S3Credentials {
  /// True when signatures come out the same.
  fileprivate func isSame(as other: S3Credentials) -> Bool {
    accessKeyID.utf8.elementsEqual(other.accessKeyID.utf8)
      && secretAccessKey.reveal().utf8.elementsEqual(other.secretAccessKey.reveal().utf8)
      && (sessionToken?.reveal() ?? "").utf8.elementsEqual((other.sessionToken?.reveal() ?? "").utf8)
  }
}
