internal import BundleModel

/// One profile of the AWS tools, from their credentials and config files.
///
/// Keys written in a file are all that is read here. What asks somebody else for keys (roles, single sign-on,
/// programs) is refused by name, in the order in which the AWS tools would have preferred it.
struct AWSProfile: Sendable {
  let name: String
  let credentials: S3Credentials
  /// From `region`.
  let region: String?
  /// The files that were read, with their state then.
  let files: [(path: String, stamp: SecretFile.Stamp?)]

  /// Reads the profile that the environment names: `AWS_PROFILE` (else `default`) in `AWS_SHARED_CREDENTIALS_FILE`
  /// (else `~/.aws/credentials`) and `AWS_CONFIG_FILE` (else `~/.aws/config`). The credentials file wins.
  ///
  /// - Returns: nil when there is no such profile and nobody asked for it by name.
  /// - Throws: `.invalidRequest`; the message names profile, files and keys, never a value.
  init?(_ variables: SecretVariables) throws(S3Error) {
    let asked = variables.plain("AWS_PROFILE")
    name = asked ?? "default"
    let places: [(variable: String, standard: String, kind: AWSProfileFile.Kind)] = [
      ("AWS_CONFIG_FILE", "config", .config), ("AWS_SHARED_CREDENTIALS_FILE", "credentials", .credentials),
    ]
    var values: [String: String] = [:]
    var found = false
    var files: [(path: String, stamp: SecretFile.Stamp?)] = []
    for place in places {
      let path: String
      if let given = variables.plain(place.variable) {
        path = AWSProfile.expanded(given, home: variables.plain("HOME"))
      } else if let home = variables.plain("HOME") {
        path = "\(home)/.aws/\(place.standard)"
      } else {
        continue
      }
      let file: SecretFile?
      do throws(SecretFile.Unreadable) {
        file = try SecretFile(path, limit: 1 << 20)
      } catch {
        throw SecretVariables.wrong(
          "the AWS file \(UntrustedText.line(path, limit: 300)) cannot be read: \(error.reason)")
      }
      files.append((path, file?.stamp))
      guard let file, let more = AWSProfileFile(file.bytes.reveal(), kind: place.kind).values(of: name) else {
        continue
      }
      found = true
      values.merge(more.filter { !$1.isEmpty }) { $1 }
    }
    self.files = files
    let shown = UntrustedText.line(name, limit: 100)
    let read = files.map { UntrustedText.line($0.path, limit: 300) }.joined(separator: " and ")
    guard found else {
      guard asked != nil else { return nil }
      throw SecretVariables.wrong(
        "there is no profile '\(shown)' (AWS_PROFILE) in \(read.isEmpty ? "any file: HOME is not set" : read)")
    }
    region = values["region"]
    if let way = AWSProfile.preferredWay(values) { throw AWSProfile.unsupported(shown, way) }
    switch (values["aws_access_key_id"], values["aws_secret_access_key"]) {
    case (let id?, let secret?):
      credentials = S3Credentials(
        accessKeyID: id, secretAccessKey: Secret(secret),
        sessionToken: values["aws_session_token"].map { Secret($0) })
    case (_?, nil): throw SecretVariables.wrong("profile '\(shown)' in \(read) has no aws_secret_access_key")
    case (nil, _?): throw SecretVariables.wrong("profile '\(shown)' in \(read) has no aws_access_key_id")
    case (nil, nil):
      if let way = AWSProfile.otherWay(values) { throw AWSProfile.unsupported(shown, way) }
      guard asked != nil else { return nil }
      throw SecretVariables.wrong("profile '\(shown)' in \(read) holds no keys")
    }
  }

  /// The profile's name as it may be shown.
  var description: String { "profile '\(UntrustedText.line(name, limit: 100))'" }

  /// What the AWS tools prefer to keys in the same profile.
  private static func preferredWay(_ values: [String: String]) -> String? {
    let ways = ["role_arn", "sso_session", "sso_start_url", "sso_account_id", "sso_role_name"]
    return ways.first { values[$0] != nil }
  }

  /// What they do when there are no keys.
  private static func otherWay(_ values: [String: String]) -> String? {
    ["login_session", "credential_process", "credential_source", "web_identity_token_file", "source_profile"].first
    {
      values[$0] != nil
    }
  }

  private static func unsupported(_ profile: String, _ way: String) -> S3Error {
    SecretVariables.wrong(
      "profile '\(profile)' uses \(way), which is not supported: set APPHUB_BUNDLE_STORAGE_ACCESS_KEY_ID and "
        + "_SECRET_ACCESS_KEY, or export keys with `aws configure export-credentials --profile … --format env`")
  }

  private static func expanded(_ path: String, home: String?) -> String {
    guard path.hasPrefix("~/"), let home else { return path }
    return home + path.dropFirst()
  }
}
