import ArtifactStorage
import BundleModel
import S3
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
    #expect(keys.credentials.accessKeyID == "aws" && keys.credentials.sessionToken?.reveal() == "t")
    #expect(try Self.s3(["AWS_SESSION_TOKEN": "t"]).credentials.sessionToken == nil, "another key pair's token")
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
    let named = try Self.settings(["BACKEND": nil, "ROOT": "/data/", "SIGNING_SECRET": "s"])
    #expect(named.warnings.isEmpty && named.make().identity == "local /data")
    let standard = try StorageSettings(environment: ["APPHUB_REPO_ROOT": "/repo"])
    #expect(standard.make().identity == "local /repo/services/core/data/example-bundles/artifacts")
    #expect(standard.warnings.count == 1, "a made-up signing secret is worth a word")
    let odd = try Self.settings(["BACKEND": "gcs", "ROOT": "/data", "SIGNING_SECRET": "s"])
    #expect(odd.make().kind == .local && odd.warnings.count == 1)
  }
}
