import ArtifactStorage
import BundleModel
import Hashing
import TestSupport
import Testing

@Suite("A directory in AppHub's layout")
struct AppHubLayoutTests {
  private let folder: TemporaryDirectory
  private let store: LocalArtifactStore
  private let slug = Slug("Wave")!
  private let fingerprint = Fingerprint("F1")!

  init() throws {
    folder = try TemporaryDirectory()
    store = LocalArtifactStore(root: folder.path + "/artifacts", signingSecret: Secret([1]), layout: .appHub)
  }

  private func put(_ text: String) async throws -> (PutOutcome, Checksum, String) {
    let file = try folder.write(text, to: "in/\(text.utf8.count)")
    let checksum = try #require(Checksum(digest: SHA256.digest(of: text)))
    let key = store.key(slug: slug, fingerprint: fingerprint, checksum: checksum, filename: "Wave 1.tgz")
    let outcome = try await store.put(
      file: file, key: key, checksum: checksum, size: Int64(text.utf8.count), contentType: "application/gzip",
      progress: nil)
    return (outcome, checksum, key)
  }

  @Test("keys are AppHub's, and other bytes take the name without loss of the earlier ones")
  func replaces() async throws {
    let (first, before, key) = try await put("first")
    #expect(first == .created && key == "wave/f1/wave-1.tgz")
    #expect(try await put("first").0 == .identical)
    #expect(try await put("second").0 == .created)
    #expect(try folder.read("artifacts/\(key)") == "second")
    let beside = "artifacts/\(key).superseded-\(before.hex.prefix(16))"
    #expect(try folder.read(beside) == "first")
    #expect(try await put("first").0 == .created)
    #expect(try await put("second").0 == .created)
    #expect(try folder.read("artifacts/\(key)") == "second" && folder.read(beside) == "first")
    #expect(try await store.list(prefix: "wave/").count == 3)
  }

  @Test("a file that is not what was promised takes nothing's place")
  func integrity() async throws {
    let (_, _, key) = try await put("first")
    let file = try folder.write("other", to: "in/other")
    let wrong = try #require(Checksum(hex: String(repeating: "0", count: 64)))
    await #expect(throws: StorageError.self) {
      _ = try await store.put(
        file: file, key: key, checksum: wrong, size: 5, contentType: "application/gzip", progress: nil)
    }
    #expect(try folder.read("artifacts/\(key)") == "first")
    #expect(try await store.list(prefix: "").map(\.key) == [key])
  }

  @Test("settings for AppHub's folder overrule the store that the environment names")
  func settings() throws {
    let root = folder.path + "/artifacts"
    let settings = try StorageSettings(
      environment: [
        "APPHUB_BUNDLE_STORAGE_BACKEND": "s3", "APPHUB_BUNDLE_STORAGE_SIGNING_SECRET": "0123456789abcdef",
      ],
      appHubRoot: root)
    let made = settings.make()
    #expect(made.kind == .local && made.identity == "local \(root)")
    let checksum = try #require(Checksum(hex: String(repeating: "0", count: 64)))
    #expect(
      made.key(slug: slug, fingerprint: fingerprint, checksum: checksum, filename: "a.tgz") == "wave/f1/a.tgz")
  }
}
