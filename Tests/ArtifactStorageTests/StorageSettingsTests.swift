import ArtifactStorage
import BundleModel
import HTTPTransport
import S3
import TestSupport
import Testing

@Suite struct StorageSettingsTests {
  private static let complete = [
    "BACKEND": "s3", "BUCKET": "bundles", "ENDPOINT": "http://minio:9000", "ACCESS_KEY_ID": "id",
    "SECRET_ACCESS_KEY": "hush-hush",
  ]

  private static func settings(_ changes: [String: String?] = [:]) throws(StorageError) -> StorageSettings {
    var environment: [String: String] = [:]
    for (name, value) in complete { environment["APPHUB_BUNDLE_STORAGE_" + name] = value }
    for (name, value) in changes {
      environment[name.hasPrefix("AWS_") || name.hasPrefix("APPHUB_") ? name : "APPHUB_BUNDLE_STORAGE_" + name] =
        value
    }
    return try StorageSettings(environment: environment)
  }

  private static func s3(_ changes: [String: String?] = [:]) throws -> StorageSettings.S3 {
    guard case .s3(let s3) = try settings(changes).backend else { throw StorageError(.invalid, "not s3") }
    return s3
  }

  @Test func complete() throws {
    let settings = try Self.settings(["PREFIX": "/a/b/", "DOWNLOAD_TTL_MS": "60000"])
    #expect(settings.warnings.isEmpty)
    #expect(settings.linkLifetime == .seconds(60))
    let store = try #require(settings.make() as? S3ArtifactStore)
    #expect(store.identity == "s3 http://minio:9000/bundles/a/b")
    #expect(store.storageURL("k") == "s3://bundles/k")
    let s3 = try Self.s3()
    #expect(s3.endpoint.pathStyle && s3.publicEndpoint == s3.endpoint && s3.region == "us-east-1")
    #expect(!"\(settings)".contains("hush"))
  }

  @Test func fallbacks() throws {
    #expect(try Self.s3(["AWS_REGION": "eu-west-1"]).region == "eu-west-1")
    #expect(try Self.s3(["AWS_REGION": "eu-west-1", "REGION": "eu-north-1"]).region == "eu-north-1")
    let amazon = try Self.s3(["ENDPOINT": nil, "REGION": "eu-west-1"])
    #expect(amazon.endpoint.description == "https://s3.eu-west-1.amazonaws.com")
    #expect(!amazon.endpoint.pathStyle)
    #expect(try Self.s3(["ENDPOINT": nil, "FORCE_PATH_STYLE": "true"]).endpoint.pathStyle)
    let keys = try Self.s3([
      "ACCESS_KEY_ID": nil, "SECRET_ACCESS_KEY": " ", "AWS_ACCESS_KEY_ID": "aws", "AWS_SECRET_ACCESS_KEY": "s",
      "AWS_SESSION_TOKEN": "t",
    ])
    #expect(
      keys.credentials.credentials.accessKeyID == "aws"
        && keys.credentials.credentials.sessionToken?.reveal() == "t")
    #expect(
      try Self.s3(["AWS_SESSION_TOKEN": "t"]).credentials.credentials.sessionToken == nil,
      "another key pair's token")
  }

  @Test(
    arguments: [
      ("BUCKET", nil), ("BUCKET", "a"), ("BUCKET", "a/b"), ("ENDPOINT", "minio:9000"),
      ("ENDPOINT", "http://user:hush-hush@minio"), ("PUBLIC_ENDPOINT", "nonsense"), ("ACCESS_KEY_ID", nil),
      ("SECRET_ACCESS_KEY", nil), ("REGION", "us east"), ("DOWNLOAD_TTL_MS", "five"), ("DOWNLOAD_TTL_MS", "NaN"),
    ] as [(String, String?)])
  func namesTheVariable(_ name: String, _ value: String?) {
    let error = #expect(throws: StorageError.self) { try Self.settings([name: value]) }
    #expect(error?.kind == .configuration)
    #expect(error?.message.hasPrefix("APPHUB_BUNDLE_STORAGE_\(name) ") == true)
    #expect(error?.message.contains("hush") == false && error?.message.contains("\n") == false)
  }

  @Test(arguments: [("900000", 900, 0), ("900001", 900, 1), ("1000", 300, 1), ("-5", 300, 1), ("1001", 1, 0)])
  func lifetimes(_ text: String, _ seconds: Int, _ warnings: Int) throws {
    let settings = try Self.settings(["DOWNLOAD_TTL_MS": text])
    #expect(settings.linkLifetime.components.seconds == Int64(seconds))
    #expect(settings.warnings.count == warnings)
    #expect(settings.warnings.allSatisfy { $0.hasPrefix("APPHUB_BUNDLE_STORAGE_DOWNLOAD_TTL_MS") })
  }

  @Test func local() throws {
    let named = try Self.settings(["BACKEND": nil, "ROOT": "/data/", "SIGNING_SECRET": "sixteen bytes..."])
    #expect(named.warnings.isEmpty && named.make().identity == "local /data")
    let standard = try StorageSettings(environment: ["APPHUB_REPO_ROOT": "/repo"])
    #expect(standard.make().identity.hasPrefix("local /repo/services/core/data/example-bundles/artifacts "))
    #expect(standard.warnings.count == 1, "a made-up signing secret is worth a word")
    let odd = try Self.settings(["BACKEND": "gcs", "ROOT": "/data", "SIGNING_SECRET": "sixteen bytes..."])
    #expect(odd.make().kind == .local && odd.warnings.count == 1)
  }

  /// Pods that share a directory but not the key refuse each other's links, so they must not look like one store.
  @Test func linkKeysOfOneProcess() throws {
    let changes = ["BACKEND": "local", "ROOT": "/data"]
    let alone = try Self.settings(changes)
    #expect(alone.make().identity != alone.make().identity)
    #expect(alone.make().sharingProblem?.hasPrefix("APPHUB_BUNDLE_STORAGE_SIGNING_SECRET is not set") == true)
    #expect(alone.sharedSecretProblem(pods: 1) == nil && alone.sharedSecretProblem(pods: 2) != nil)
    let shared = try Self.settings(changes.merging(["SIGNING_SECRET": "a:sixteen bytes..."]) { $1 })
    #expect(shared.make().identity == "local /data" && shared.sharedSecretProblem(pods: 9) == nil)
    #expect(try Self.settings().sharedSecretProblem(pods: 9) == nil, "S3 signs with the keys that all have")
  }

  @Test(arguments: [
    ("short", 1, nil), ("sixteen bytes...", 0, nil), ("a:sixteen bytes...,b:sixteen bytes...", 0, nil),
    ("a:hush-hush", 0, "has a key 'a' of fewer than 16 bytes"),
    ("a:hush-hush-hush-hush,a:hush-hush-hush-hush", 0, "names the key 'a' twice"),
  ])
  func signingSecrets(_ secret: String, _ warnings: Int, _ complaint: String?) throws {
    let changes = ["BACKEND": "local", "SIGNING_SECRET": secret]
    guard let complaint else {
      #expect(try Self.settings(changes).warnings.count == warnings)
      return
    }
    let error = #expect(throws: StorageError.self) { try Self.settings(changes) }
    #expect(error?.kind == .configuration && error?.message.contains("hush") == false)
    #expect(error?.message == "APPHUB_BUNDLE_STORAGE_SIGNING_SECRET \(complaint)")
  }

  @Test func trustAndProxy() throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write("PEM", to: "ca.pem")
    let s3 = try Self.s3([
      "ENDPOINT": "https://minio:9000", "CA_FILE": file, "CA_DIR": directory.path,
      "PROXY": "http://me:hush-hush@proxy:3128",
    ])
    #expect(s3.reach.trust == TLSTrust(certificateFile: file, certificateDirectory: directory.path))
    #expect(
      s3.reach.proxy?.address == "http://proxy:3128" && s3.configuration.proxy?.address == "http://proxy:3128")
    #expect(s3.configuration.trust == s3.reach.trust)
    #expect(try Self.settings(["CA_FILE": file]).warnings.count == 1, "the endpoint is not https")
    let wrong = [
      ("CA_FILE", directory.path), ("CA_FILE", directory.path + "/none"), ("CA_DIR", file),
      ("PROXY", "socks5://hush-hush@proxy"), ("PROXY", "proxy:3128"),
    ]
    for (name, value) in wrong {
      let error = #expect(throws: StorageError.self) { try Self.settings([name: value]) }
      #expect(error?.kind == .configuration && error?.message.contains("hush") == false)
      #expect(error?.message.hasPrefix("APPHUB_BUNDLE_STORAGE_\(name) ") == true)
    }
  }

  @Test func regionOfTheProfile() throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write(
      "[default]\naws_access_key_id = P\naws_secret_access_key = s\nregion = eu-north-1\n", to: "credentials")
    let changes: [String: String?] = [
      "ACCESS_KEY_ID": nil, "SECRET_ACCESS_KEY": nil, "AWS_SHARED_CREDENTIALS_FILE": file,
    ]
    #expect(try Self.s3(changes).region == "eu-north-1")
    #expect(try Self.s3(changes.merging(["AWS_REGION": "eu-west-1"]) { $1 }).region == "eu-west-1")
    #expect(
      try Self.s3(["AWS_SHARED_CREDENTIALS_FILE": file]).region == "us-east-1", "the keys are not the profile's")
  }
}
