internal import BundleModel
internal import S3

/// The way to an object store: where it is, and who we are there.
struct S3Access {
  var endpoint: S3Endpoint
  var region: String
  var credentials: S3Credentials

  /// Options win over the environment.
  ///
  /// - Throws: a usage failure that names the option or the variable, never the value of one that may be a secret.
  init(
    endpoint: String?, region: String?, style: AddressStyle?, profile: String?, settings: S3Environment
  ) throws {
    let source = try S3Access.keys(profile: profile, settings: settings)
    credentials = source.credentials
    (self.region, self.endpoint) = try S3Access.place(
      endpoint: endpoint, region: region ?? (profile == nil ? nil : source.region), style: style,
      settings: settings,
      lastRegion: source.region)
  }

  /// Where requests go and which region they are signed for.
  static func place(
    endpoint: String?, region: String?, style: AddressStyle?, settings: S3Environment, lastRegion: String? = nil
  ) throws(CommandFailure) -> (region: String, endpoint: S3Endpoint) {
    let named = settings.region
    let chosen = region?.nonBlank ?? named?.text ?? lastRegion ?? "us-east-1"
    let regionSource = region == nil ? named?.variable ?? "the profile's region" : "--region"
    guard isRegion(chosen) else {
      throw CommandFailure(.usage, "\(regionSource) is not a region name (letters, digits and hyphens)")
    }
    let given = endpoint.map { ($0, "--endpoint") } ?? settings.endpoint
    let usesPath = style.map { $0 == .path } ?? (given != nil || settings.forcesPathStyle)
    guard let (text, source) = given else {
      guard let amazon = S3Endpoint(awsRegion: chosen, pathStyle: usesPath) else {
        throw CommandFailure(.usage, "\(regionSource) is not a region name (letters, digits and hyphens)")
      }
      return (chosen, amazon)
    }
    guard let endpoint = S3Endpoint(text, pathStyle: usesPath) else {
      throw CommandFailure(.usage, "\(source) is not an address like https://host or http://host:port")
    }
    return (chosen, endpoint)
  }

  /// Whom requests are signed for. A profile that is named wins over all variables.
  static func keys(profile: String?, settings: S3Environment) throws -> CredentialSource {
    var variables = settings.variables
    if let profile {
      guard let profile = profile.nonBlank else { throw CommandFailure(.usage, "--profile is empty") }
      for name in variables.keys where isKey(name) { variables[name] = nil }
      variables["AWS_PROFILE"] = profile
    } else if settings["AWS_ACCESS_KEY_ID"] == nil, settings["AWS_SECRET_ACCESS_KEY"] != nil {
      let own = [S3Environment.name("ACCESS_KEY_ID"), S3Environment.name("ACCESS_KEY_ID_FILE")]
      guard own.contains(where: { settings[$0] != nil }) else {
        throw CommandFailure(.usage, "AWS_ACCESS_KEY_ID is not set, but AWS_SECRET_ACCESS_KEY is")
      }
    }
    return try CredentialSource(environment: variables)
  }

  private static func isKey(_ name: String) -> Bool {
    ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"].contains { part in
      name == "AWS_\(part)" || name == S3Environment.name(part) || name == S3Environment.name("\(part)_FILE")
    }
  }

  static func isRegion(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95
      }
  }

  /// A client; its thread starts with the first request.
  func client() -> S3Client {
    S3Client(S3Configuration(endpoint: endpoint, region: region, credentials: credentials))
  }
}
