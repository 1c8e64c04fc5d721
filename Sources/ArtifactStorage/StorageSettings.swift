internal import BundleModel
internal import S3

/// Which store to use and how, read from the environment. AppHub's variable names; see the contract's section 5.
///
/// | variable (`APPHUB_BUNDLE_STORAGE_…`) | meaning |
/// |---|---|
/// | `BACKEND` | `s3`; anything else is `local` |
/// | `BUCKET`, `PREFIX`, `REGION` | where in S3; `REGION` falls back to `AWS_REGION`, the profile's, us-east-1 |
/// | `ENDPOINT` | what programs talk to; unset is Amazon's own of the region |
/// | `PUBLIC_ENDPOINT` | the host that links are signed for; unset is `ENDPOINT` |
/// | `FORCE_PATH_STYLE` | `true`; implied by an endpoint |
/// | `ACCESS_KEY_ID`, `SECRET_ACCESS_KEY`, `SESSION_TOKEN` | fall back to `AWS_…` of the same names, then the AWS profile |
/// | `ACCESS_KEY_ID_FILE`, `SECRET_ACCESS_KEY_FILE`, `SESSION_TOKEN_FILE` | files with the same; read again when they change |
/// | `CA_FILE`, `CA_DIR` | certificates to believe instead of the system's |
/// | `PROXY` | `http://[user:password@]host:port`; the usual proxy variables are not looked at |
/// | `ROOT` | the directory of the local backend |
/// | `SIGNING_SECRET`, `SIGNING_SECRET_FILE` | what signs the local backend's links: a secret or a key ring |
/// | `DOWNLOAD_TTL_MS` | how long links live: 300000; at most 900000 |
package struct StorageSettings: Sendable {
  package enum Backend: Sendable {
    case s3(S3)
    case local(root: String, keys: LinkKeySource)
  }

  package var backend: Backend
  /// Under which keys a directory keeps what we make.
  package var layout: ArtifactLayout
  package var linkLifetime: Duration
  /// What a person should know, one line each: a clamped value, a secret that was made up.
  package var warnings: [String]

  /// Reads `APPHUB_BUNDLE_STORAGE_*` and the files that they name.
  ///
  /// - Parameter appHubRoot: AppHub's own folder of archives, whatever store the environment names.
  /// - Throws: `.configuration`; the message names the variable and never its value when that may be a secret.
  package init(environment: [String: String], appHubRoot: String? = nil) throws(StorageError) {
    let variables = StorageVariables(environment: environment)
    var warnings: [String] = []
    linkLifetime = try StorageSettings.lifetime(variables, &warnings)
    layout = appHubRoot == nil ? .byChecksum : .appHub
    let backend = variables["BACKEND"]?.lowercased()
    if let appHubRoot {
      self.backend = try StorageSettings.local(variables, root: appHubRoot, &warnings)
    } else if backend == "s3" {
      self.backend = .s3(try S3(variables, &warnings))
    } else {
      if let backend, backend != "local" {
        warnings.append(
          "\(StorageVariables.name("BACKEND")) is '\(UntrustedText.line(backend, limit: 40))', which counts as local"
        )
      }
      self.backend = try StorageSettings.local(variables, root: nil, &warnings)
    }
    self.warnings = warnings
  }

  /// The store that the settings describe. Contacts nobody.
  package func make() -> any ArtifactStore {
    switch backend {
    case .local(let root, let keys):
      return LocalArtifactStore(root: root, keys: keys, layout: layout, linkLifetime: linkLifetime)
    case .s3(let s3):
      return S3ArtifactStore(
        client: S3Client(s3.configuration), bucket: s3.bucket, prefix: s3.prefix,
        publicEndpoint: s3.publicEndpoint, linkLifetime: linkLifetime)
    }
  }

  /// Why this many pods must not run with these settings, in one line; nil when they may.
  package func sharedSecretProblem(pods: Int) -> String? { pods > 1 ? make().sharingProblem : nil }

  private static func local(
    _ variables: StorageVariables, root: String?, _ warnings: inout [String]
  ) throws(StorageError) -> Backend {
    let standard = "services/core/data/example-bundles/artifacts"
    let base = variables.environment["APPHUB_REPO_ROOT"]?.nonBlank.map { $0 + "/" } ?? ""
    let root = root ?? variables["ROOT"] ?? base + standard
    guard let keys = try LinkKeySource(SecretVariables(environment: variables.environment)) else {
      warnings.append(
        "\(StorageVariables.name("SIGNING_SECRET")) is not set: download links signed by this process work only as "
          + "long as it runs, and no other pod knows them")
      return .local(root: root, keys: LinkKeySource())
    }
    if keys.ring.isWeak {
      warnings.append(
        "\(StorageVariables.name("SIGNING_SECRET")) has fewer than \(LinkKeyRing.shortest) bytes: download links can "
          + "be forged by guessing it")
    }
    return .local(root: root, keys: keys)
  }

  private static func lifetime(
    _ variables: StorageVariables, _ warnings: inout [String]
  ) throws(StorageError) -> Duration {
    guard let text = variables["DOWNLOAD_TTL_MS"] else { return LinkLifetime.standard }
    guard let milliseconds = Int64(text) else {
      throw StorageVariables.wrong("DOWNLOAD_TTL_MS", "is not a whole number of milliseconds")
    }
    let name = StorageVariables.name("DOWNLOAD_TTL_MS")
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

/// `APPHUB_BUNDLE_STORAGE_*`; a blank value counts as unset.
struct StorageVariables: Sendable {
  private let all: Secret<[String: String]>

  init(environment: [String: String]) { all = Secret(environment) }

  var environment: [String: String] { all.reveal() }

  subscript(_ name: String) -> String? { environment[StorageVariables.name(name)]?.nonBlank }

  static func name(_ name: String) -> String { "APPHUB_BUNDLE_STORAGE_\(name)" }

  static func wrong(_ name: String, _ what: String) -> StorageError {
    StorageError(.configuration, "\(self.name(name)) \(what)")
  }
}
