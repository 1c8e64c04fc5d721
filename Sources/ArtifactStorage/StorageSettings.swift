package import BundleModel
internal import COpenSSL
package import S3

/// Which store to use and how, read from the environment. AppHub's variable names; see the contract's section 5.
///
/// | variable (`APPHUB_BUNDLE_STORAGE_…`) | meaning |
/// |---|---|
/// | `BACKEND` | `s3`; anything else is `local` |
/// | `BUCKET`, `PREFIX`, `REGION` | where in S3; `REGION` falls back to `AWS_REGION`, then us-east-1 |
/// | `ENDPOINT` | what programs talk to; unset is Amazon's own of the region |
/// | `PUBLIC_ENDPOINT` | the host that links are signed for; unset is `ENDPOINT` |
/// | `FORCE_PATH_STYLE` | `true`; implied by an endpoint |
/// | `ACCESS_KEY_ID`, `SECRET_ACCESS_KEY`, `SESSION_TOKEN` | fall back to `AWS_…` of the same names |
/// | `ROOT`, `SIGNING_SECRET` | the directory of the local backend, and what signs its links |
/// | `DOWNLOAD_TTL_MS` | how long links live: 300000; at most 900000 |
package struct StorageSettings: Sendable {
  package enum Backend: Sendable {
    case s3(S3)
    case local(root: String, signingSecret: Secret<[UInt8]>)
  }

  package struct S3: Sendable {
    package var bucket: String
    package var prefix: String
    package var endpoint: S3Endpoint
    package var publicEndpoint: S3Endpoint
    package var region: String
    package var credentials: S3Credentials
  }

  package var backend: Backend
  package var linkLifetime: Duration
  /// What a person should know, one line each: a clamped value, a secret that was made up.
  package var warnings: [String]

  /// Reads `APPHUB_BUNDLE_STORAGE_*`.
  ///
  /// - Throws: `.configuration`; the message names the variable and never its value when that may be a secret.
  package init(environment: [String: String]) throws(StorageError) {
    let variables = Variables(environment: environment)
    var warnings: [String] = []
    linkLifetime = try StorageSettings.lifetime(variables, &warnings)
    let backend = variables["BACKEND"]?.lowercased()
    if backend == "s3" {
      self.backend = .s3(try S3(variables))
    } else {
      if let backend, backend != "local" {
        warnings.append(
          "\(Variables.name("BACKEND")) is '\(UntrustedText.line(backend, limit: 40))', which counts as local")
      }
      self.backend = StorageSettings.local(variables, &warnings)
    }
    self.warnings = warnings
  }

  /// The store that the settings describe. Contacts nobody.
  package func make() -> any ArtifactStore {
    switch backend {
    case .local(let root, let secret):
      return LocalArtifactStore(root: root, signingSecret: secret, linkLifetime: linkLifetime)
    case .s3(let s3):
      let configuration = S3Configuration(endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials)
      return S3ArtifactStore(
        client: S3Client(configuration), bucket: s3.bucket, prefix: s3.prefix, publicEndpoint: s3.publicEndpoint,
        linkLifetime: linkLifetime)
    }
  }

  private static func local(_ variables: Variables, _ warnings: inout [String]) -> Backend {
    let standard = "services/core/data/example-bundles/artifacts"
    let base = variables.environment["APPHUB_REPO_ROOT"]?.nonBlank.map { $0 + "/" } ?? ""
    let root = variables["ROOT"] ?? base + standard
    if let secret = variables["SIGNING_SECRET"] {
      return .local(root: root, signingSecret: Secret(Array(secret.utf8)))
    }
    var random = [UInt8](repeating: 0, count: 32)
    precondition(ossl_random(&random, random.count) == 1, "libcrypto has no randomness")
    warnings.append(
      "\(Variables.name("SIGNING_SECRET")) is not set: download links signed by this process work only as long as it runs"
    )
    return .local(root: root, signingSecret: Secret(random))
  }

  private static func lifetime(_ variables: Variables, _ warnings: inout [String]) throws(StorageError) -> Duration
  {
    guard let text = variables["DOWNLOAD_TTL_MS"] else { return LinkLifetime.standard }
    guard let milliseconds = Int64(text) else {
      throw Variables.wrong("DOWNLOAD_TTL_MS", "is not a whole number of milliseconds")
    }
    let name = Variables.name("DOWNLOAD_TTL_MS")
    if milliseconds <= 1000 {
      warnings.append("\(name) is \(milliseconds), too short to be used: links live 300000 ms")
      return LinkLifetime.standard
    }
    if milliseconds > 900_000 {
      warnings.append("\(name) is \(milliseconds), above the cap: links live 900000 ms")
      return LinkLifetime.longest
    }
    return .milliseconds(milliseconds)
  }
}

extension StorageSettings.S3 {
  fileprivate init(_ variables: Variables) throws(StorageError) {
    guard let bucket = variables["BUCKET"] else {
      throw Variables.wrong("BUCKET", "is not set, and the s3 backend needs it")
    }
    let isName = { (byte: UInt8) -> Bool in
      (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
        || [45, 46, 95].contains(byte)
    }
    guard (3...255).contains(bucket.utf8.count), bucket.utf8.allSatisfy(isName) else {
      throw Variables.wrong("BUCKET", "is not a bucket name (3 and more letters, digits, dots and hyphens)")
    }
    self.bucket = bucket
    prefix = ArtifactKey.normalised(prefix: variables["PREFIX"] ?? "")
    region = variables["REGION"] ?? variables.environment["AWS_REGION"]?.nonBlank ?? "us-east-1"
    guard region.utf8.allSatisfy({ isName($0) && $0 != 46 }) else {
      throw Variables.wrong("REGION", "is not a region name (letters, digits and hyphens)")
    }
    credentials = try StorageSettings.S3.credentials(variables)

    let hasEndpoint = variables["ENDPOINT"] != nil
    let pathStyle = hasEndpoint || variables["FORCE_PATH_STYLE"]?.lowercased() == "true"
    guard let amazon = S3Endpoint(awsRegion: region, pathStyle: pathStyle) else {
      throw Variables.wrong("REGION", "is not a region name (letters, digits and hyphens)")
    }
    endpoint = try StorageSettings.S3.endpoint(variables, "ENDPOINT", pathStyle: pathStyle) ?? amazon
    publicEndpoint =
      try StorageSettings.S3.endpoint(variables, "PUBLIC_ENDPOINT", pathStyle: pathStyle) ?? endpoint
  }

  private static func endpoint(
    _ variables: Variables, _ name: String, pathStyle: Bool
  ) throws(StorageError) -> S3Endpoint? {
    guard let text = variables[name] else { return nil }
    guard let endpoint = S3Endpoint(text, pathStyle: pathStyle) else {
      throw Variables.wrong(name, "is not an address like https://host or http://host:port")
    }
    return endpoint
  }

  private static func credentials(_ variables: Variables) throws(StorageError) -> S3Credentials {
    let own = (variables["ACCESS_KEY_ID"], variables["SECRET_ACCESS_KEY"])
    switch own {
    case (let id?, let secret?):
      return S3Credentials(
        accessKeyID: id, secretAccessKey: Secret(secret),
        sessionToken: variables["SESSION_TOKEN"].map { Secret($0) })
    case (_?, nil): throw Variables.wrong("SECRET_ACCESS_KEY", "is not set, but the access key id is")
    case (nil, _?): throw Variables.wrong("ACCESS_KEY_ID", "is not set, but the secret access key is")
    case (nil, nil): break
    }
    let amazon = variables.environment
    guard let id = amazon["AWS_ACCESS_KEY_ID"]?.nonBlank, let secret = amazon["AWS_SECRET_ACCESS_KEY"]?.nonBlank
    else {
      throw Variables.wrong(
        "ACCESS_KEY_ID",
        "and \(Variables.name("SECRET_ACCESS_KEY")) are not set (nor AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)")
    }
    return S3Credentials(
      accessKeyID: id, secretAccessKey: Secret(secret),
      sessionToken: amazon["AWS_SESSION_TOKEN"]?.nonBlank.map { Secret($0) })
  }
}

/// `APPHUB_BUNDLE_STORAGE_*`; a blank value counts as unset.
private struct Variables {
  let environment: [String: String]

  subscript(_ name: String) -> String? { environment[Variables.name(name)]?.nonBlank }

  static func name(_ name: String) -> String { "APPHUB_BUNDLE_STORAGE_\(name)" }

  static func wrong(_ name: String, _ what: String) -> StorageError {
    StorageError(.configuration, "\(self.name(name)) \(what)")
  }
}
