import BundleModel
import HTTPTransport
import S3
import TestSupport
import Testing

@testable import ArtifactStorage

/// Nothing that holds a secret can be printed by accident, in whatever way.
@Suite struct RedactionTests {
  private static let hush = "hush-hush-hush-hush"

  /// All ways in which Swift turns a value into text.
  private static func prints<Value>(_ value: Value) -> [String] {
    var dumped = ""
    dump(value, to: &dumped)
    var printed = ""
    print(value, to: &printed)
    debugPrint(value, terminator: "", to: &printed)
    var mirrored = ""
    walk(Mirror(reflecting: value), 0, &mirrored)
    let wrapped: Value? = value
    return [
      dumped, printed, mirrored, String(describing: value), String(reflecting: value), "\(value)", "\([value])",
      "\(["key": value])", "\(String(describing: wrapped))", "\((1, value))",
    ]
  }

  private static func walk(_ mirror: Mirror, _ depth: Int, _ out: inout String) {
    guard depth < 12 else { return }
    for child in mirror.children {
      out += "\(child.label ?? "")=\(child.value) "
      walk(Mirror(reflecting: child.value), depth + 1, &out)
    }
    if let above = mirror.superclassMirror { walk(above, depth + 1, &out) }
  }

  /// Also not as numbers: a dumped array of bytes is as good as the text.
  private static func expectSilence<Value>(_ value: Value, sourceLocation: SourceLocation = #_sourceLocation) {
    let bytes = hush.utf8.prefix(4).map { String($0) }
    for text in prints(value) {
      #expect(!text.contains("hush"), "\(Value.self): \(text)", sourceLocation: sourceLocation)
      let numbers = text.split(whereSeparator: { !$0.isNumber })
      let isSpelt = numbers.indices.contains { index in
        numbers[index...].prefix(4).elementsEqual(bytes) { String($0) == $1 }
      }
      #expect(!isSpelt, "\(Value.self): \(text)", sourceLocation: sourceLocation)
      #expect(!text.contains("X-Amz-Signature=") && !text.contains("token="), sourceLocation: sourceLocation)
    }
  }

  private static func settings(_ more: [String: String]) throws -> StorageSettings {
    var environment = [
      "ACCESS_KEY_ID": "id", "SECRET_ACCESS_KEY": hush, "SESSION_TOKEN": hush, "SIGNING_SECRET": hush,
      "BUCKET": "bundles", "ENDPOINT": "https://minio:9000", "PROXY": "http://me:\(hush)@proxy:3128",
    ]
    environment.merge(more) { $1 }
    return try StorageSettings(
      environment: Dictionary(
        uniqueKeysWithValues: environment.map { ("APPHUB_BUNDLE_STORAGE_" + $0, $1) }))
  }

  /// The test itself can see a secret that shows.
  @Test func theNetHoldsWater() {
    struct Leaky { var inner: [Any] = [Array(RedactionTests.hush.utf8)] }
    let texts = Self.prints(Leaky())
    #expect(texts.contains { $0.contains("104, 117, 115, 104") })
    #expect(Self.prints(["a": Self.hush]).allSatisfy { $0.contains("hush") })
  }

  @Test func values() throws {
    Self.expectSilence(Secret(Self.hush))
    Self.expectSilence(Secret(Array(Self.hush.utf8)))
    Self.expectSilence(Secret(["name": Self.hush]))
    Self.expectSilence(Optional(Secret(Self.hush)) as Any)
    Self.expectSilence(
      S3Credentials(accessKeyID: "id", secretAccessKey: Secret(Self.hush), sessionToken: Secret(Self.hush)))
    Self.expectSilence(try LinkKeyRing(Secret("k:" + Self.hush)))
    Self.expectSilence(LinkKeyRing(plain: Secret(Array(Self.hush.utf8))))
    Self.expectSilence(LocalDownloadToken(ring: try LinkKeyRing(Secret("k:" + Self.hush))))
    Self.expectSilence(SecretVariables(environment: ["APPHUB_BUNDLE_STORAGE_X": Self.hush]))
    Self.expectSilence(
      AWSProfileFile("[default]\naws_secret_access_key = \(Self.hush)\n".utf8, kind: .credentials))
    Self.expectSilence(StorageVariables(environment: ["APPHUB_BUNDLE_STORAGE_X": Self.hush]))
    Self.expectSilence(try #require(HTTPProxy("http://me:\(Self.hush)@proxy:3128")))
  }

  @Test(arguments: ["s3", "local"]) func settingsStoresAndLinks(_ backend: String) throws {
    let settings = try Self.settings(["BACKEND": backend])
    Self.expectSilence(settings)
    let store = settings.make()
    let link = try store.signedURL(
      LinkRequest(
        slug: try #require(Slug("demo")), fingerprint: try #require(Fingerprint("0")), key: "demo/0/x.tgz"))
    Self.expectSilence(link)
    Self.expectSilence(link.url)
    Self.expectSilence(store)
    if case .s3(let s3) = settings.backend {
      Self.expectSilence(s3)
      Self.expectSilence(s3.configuration)
      Self.expectSilence(s3.credentials)
      Self.expectSilence(S3Client(s3.configuration))
    }
  }

  @Test func files() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(Self.hush, to: "secret")
    Self.expectSilence(try #require(try SecretFile(path)))
    let variables = SecretVariables(environment: ["APPHUB_BUNDLE_STORAGE_SIGNING_SECRET_FILE": path])
    Self.expectSilence(try #require(try variables.value("SIGNING_SECRET")))
    Self.expectSilence(try #require(try LinkKeySource(variables)))
  }
}
