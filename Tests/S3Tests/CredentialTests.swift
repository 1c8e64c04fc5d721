import BundleModel
import Glibc
import TestSupport
import Testing

@testable import S3

@Suite struct CredentialTests {
  private static let own = "APPHUB_BUNDLE_STORAGE_"
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// `id/secret/token` of what an environment gives; short names are ours.
  private func keys(_ environment: [String: String]) throws(S3Error) -> String {
    let found = try source(environment).credentials
    let parts: [String?] = [found.accessKeyID, found.secretAccessKey.reveal(), found.sessionToken?.reveal()]
    return parts.compactMap { $0 }.joined(separator: "/")
  }

  private func source(_ environment: [String: String]) throws(S3Error) -> CredentialSource {
    var all: [String: String] = [:]
    for (name, value) in environment {
      let isWhole = name.hasPrefix("AWS_") || name == "HOME"
      all[isWhole ? name : Self.own + name] = value
    }
    return try CredentialSource(environment: all)
  }

  private func complaint(_ environment: [String: String]) -> String {
    let error = #expect(throws: S3Error.self) { try keys(environment) }
    #expect(error?.kind == .invalidRequest)
    #expect(error?.message.contains("hush") == false && error?.message.contains("\n") == false)
    return error?.message ?? ""
  }

  @Test func order() throws {
    try directory.write("[default]\naws_access_key_id=P\naws_secret_access_key=ps\n", to: ".aws/credentials")
    var environment = ["HOME": directory.path]
    #expect(try keys(environment) == "P/ps")
    environment["AWS_ACCESS_KEY_ID"] = "A"
    environment["AWS_SECRET_ACCESS_KEY"] = "as"
    environment["AWS_SESSION_TOKEN"] = "at"
    #expect(try keys(environment) == "A/as/at")
    environment["ACCESS_KEY_ID"] = "O"
    environment["SECRET_ACCESS_KEY"] = "os"
    #expect(try keys(environment) == "O/os", "another key pair's token")
    environment["SESSION_TOKEN"] = "ot"
    #expect(try keys(environment) == "O/os/ot")
  }

  @Test(arguments: [
    ("hush", "hush"), ("hush\n", "hush"), ("hush\r\n", "hush"), ("hush \n", "hush "), ("pass wörd\n", "pass wörd"),
  ])
  func secretsFromFiles(_ content: String, _ expected: String) throws {
    let path = try directory.write(content, to: "secret")
    #expect(try keys(["ACCESS_KEY_ID": "id", "SECRET_ACCESS_KEY_FILE": path]) == "id/\(expected)")
  }

  @Test func filesThatCannotBeUsed() throws {
    let long = String(repeating: "hush", count: 16_384)
    let rightLength = try directory.write(long, to: "limit")
    #expect(try keys(["ACCESS_KEY_ID": "id", "SECRET_ACCESS_KEY_FILE": rightLength]) == "id/\(long)")
    let cases = [
      (try directory.write("", to: "empty"), "is empty"), (try directory.write("\n", to: "line"), "is empty"),
      (try directory.write("  \n", to: "blank"), "is empty"),
      (try directory.write(long + "h", to: "long"), "longer than 65536 bytes"),
      (try directory.write([0xFF, 0xFE], to: "binary"), "bytes that are no text"),
      (try directory.write("hush\u{0}", to: "nul"), "bytes that are no text"),
      (directory.path + "/none", "there is no such file"), (directory.path, "not a regular file"),
    ]
    for (path, reason) in cases {
      let said = complaint(["ACCESS_KEY_ID": "id", "SECRET_ACCESS_KEY_FILE": path])
      #expect(said.hasPrefix("APPHUB_BUNDLE_STORAGE_SECRET_ACCESS_KEY_FILE: \(path) "))
      #expect(said.contains(reason))
    }
    let pipe = directory.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(complaint(["ACCESS_KEY_ID": "id", "SECRET_ACCESS_KEY_FILE": pipe]).contains("not a regular file"))
    let two = try directory.write("hush\nhush\n", to: "two")
    #expect(
      complaint(["ACCESS_KEY_ID": "id", "SECRET_ACCESS_KEY_FILE": two]).contains("SECRET_ACCESS_KEY_FILE holds a"))
    let both = complaint(["ACCESS_KEY_ID": "id", "SECRET_ACCESS_KEY": "hush", "SECRET_ACCESS_KEY_FILE": two])
    #expect(both.contains("SECRET_ACCESS_KEY and APPHUB_BUNDLE_STORAGE_SECRET_ACCESS_KEY_FILE are both set"))
  }

  @Test(arguments: [
    (["ACCESS_KEY_ID": "id"], "APPHUB_BUNDLE_STORAGE_SECRET_ACCESS_KEY is not set"),
    (["SECRET_ACCESS_KEY": "hush"], "APPHUB_BUNDLE_STORAGE_ACCESS_KEY_ID is not set"),
    (["AWS_ACCESS_KEY_ID": "id"], "AWS_SECRET_ACCESS_KEY is not set"),
    ([:], "APPHUB_BUNDLE_STORAGE_ACCESS_KEY_ID and"),
    (["ACCESS_KEY_ID": "i d", "SECRET_ACCESS_KEY": "hush"], "APPHUB_BUNDLE_STORAGE_ACCESS_KEY_ID holds a blank"),
    (
      ["ACCESS_KEY_ID": "i\r\nX: y", "SECRET_ACCESS_KEY": "hush"],
      "APPHUB_BUNDLE_STORAGE_ACCESS_KEY_ID holds a line"
    ),
    (["AWS_PROFILE": "x"], "there is no profile 'x' (AWS_PROFILE) in any file: HOME"),
  ])
  func incomplete(_ environment: [String: String], _ expected: String) {
    #expect(complaint(environment).hasPrefix(expected))
  }

  @Test func profiles() throws {
    try directory.write(
      "[default]\naws_access_key_id=D\naws_secret_access_key=ds\n[work]\naws_access_key_id=W\naws_secret_access_key=ws\n"
        + "aws_session_token=wt\n", to: ".aws/credentials")
    try directory.write(
      "[profile work]\nregion = eu-north-1\naws_access_key_id=C\n[profile only]\naws_access_key_id=O\n"
        + "aws_secret_access_key=os\n", to: ".aws/config")
    let home = ["HOME": directory.path]
    #expect(try keys(home) == "D/ds" && source(home).region == nil)
    let work = try source(home.merging(["AWS_PROFILE": "work"]) { $1 })
    #expect(work.credentials.accessKeyID == "W", "the credentials file wins")
    #expect(work.region == "eu-north-1" && work.origin == "profile 'work'")
    #expect(try keys(home.merging(["AWS_PROFILE": "only"]) { $1 }) == "O/os")
    let other = try directory.write("[default]\naws_access_key_id=X\naws_secret_access_key=xs\n", to: "other")
    #expect(try keys(["AWS_SHARED_CREDENTIALS_FILE": other]) == "X/xs")
    #expect(try keys(["AWS_SHARED_CREDENTIALS_FILE": "~/other", "HOME": directory.path]) == "X/xs")
    let said = complaint(home.merging(["AWS_PROFILE": "none"]) { $1 })
    #expect(said.contains("'none'") && said.contains(directory.path + "/.aws/config"))
  }

  @Test(arguments: [
    "role_arn = x", "sso_session = x", "sso_start_url = x", "credential_process = hush", "login_session = x",
    "credential_source = Environment", "aws_access_key_id = id\naws_secret_access_key = hush\nrole_arn = x",
  ])
  func unsupportedProfiles(_ lines: String) throws {
    let path = try directory.write("[profile p]\n\(lines)\n", to: "config")
    let said = complaint(["AWS_CONFIG_FILE": path, "AWS_PROFILE": "p"])
    let key = lines.split(separator: "\n").last?.split(separator: " ").first ?? ""
    #expect(said.contains("profile 'p' uses \(key), which is not supported"))
    #expect(said.contains("aws configure export-credentials"))
  }

  @Test func halfAPair() throws {
    let path = try directory.write("[default]\naws_access_key_id = id\n", to: "c")
    #expect(complaint(["AWS_SHARED_CREDENTIALS_FILE": path]).contains("has no aws_secret_access_key"))
    try directory.write("[default]\naws_secret_access_key = hush\n", to: "c")
    #expect(complaint(["AWS_SHARED_CREDENTIALS_FILE": path]).contains("has no aws_access_key_id"))
    try directory.write("[default]\nregion = eu\n", to: "c")
    #expect(complaint(["AWS_SHARED_CREDENTIALS_FILE": path]).hasPrefix("APPHUB_BUNDLE_STORAGE_ACCESS_KEY_ID and"))
  }

  /// Kubernetes swaps a link; others write in place; a half-done rotation changes nothing.
  @Test func rotation() async throws {
    let id = try directory.write("one", to: "a/id")
    try directory.write("secret-1", to: "a/secret")
    try directory.write("two", to: "b/id")
    try directory.write("secret-2", to: "b/secret")
    let link = directory.path + "/now"
    #expect(symlink("a", link) == 0)
    let source = try source(["ACCESS_KEY_ID_FILE": link + "/id", "SECRET_ACCESS_KEY_FILE": link + "/secret"])
    #expect(await !source.hasChanged(since: 0))
    #expect(symlink("b", link + ".new") == 0 && rename(link + ".new", link) == 0)
    #expect(await source.hasChanged(since: 0))
    #expect(source.credentials.accessKeyID == "two" && source.credentials.secretAccessKey.reveal() == "secret-2")
    #expect(await source.hasChanged(since: 0), "whoever was refused meanwhile may try again, too")
    #expect(await !source.hasChanged(since: 1))
    #expect(unlink(link) == 0)
    #expect(await !source.hasChanged(since: 1))
    #expect(source.credentials.accessKeyID == "two")
    #expect(symlink("a", link) == 0 && id.hasSuffix("a/id"))
    #expect(await source.hasChanged(since: 1))
  }

  /// Without being refused: signed links are made without asking anybody.
  @Test func rotationIsSeenByItself() async throws {
    let secret = try directory.write("secret-1", to: "secret")
    let source = try source(["ACCESS_KEY_ID": "id", "SECRET_ACCESS_KEY_FILE": secret])
    var configuration = S3Configuration(
      endpoint: try #require(S3Endpoint("http://127.0.0.1:1", pathStyle: true)), region: "us-east-1",
      credentials: source.credentials)
    configuration.credentialSource = source
    let moment = try #require(Timestamp(iso8601: "2026-01-02T03:04:05Z"))
    let client = S3Client(configuration, now: { moment })
    let sign = { try client.presignGet(bucket: "bundles", key: "k", expires: .seconds(60)).reveal() }
    let before = try sign()
    #expect(try sign() == before)
    try directory.write("secret-two", to: "secret")
    try await eventually("the new secret signs") { try sign() != before }
  }

  @Test func realServerLetsTheRotatedSecretIn() async throws {
    let server = try await TestObjectStore.create()
    let secret = try directory.write("not-the-secret", to: "secret")
    var environment = server.environment
    let variable = Self.own + "SECRET_ACCESS_KEY"
    let right = try #require(environment[variable])
    environment[variable] = nil
    environment[variable + "_FILE"] = secret
    let source = try CredentialSource(environment: environment)
    var configuration = S3Configuration(
      endpoint: try #require(S3Endpoint(environment[Self.own + "ENDPOINT"] ?? "", pathStyle: true)),
      region: "us-east-1", credentials: source.credentials)
    configuration.credentialSource = source
    let client = S3Client(configuration)
    await #expect(throws: S3Error.self) { try await client.headBucket(server.bucket) }
    try directory.write(right + "\n", to: "secret")
    try await client.headBucket(server.bucket)
    try await client.putObject(bucket: server.bucket, key: "k", bytes: [1, 2, 3])
  }
}
