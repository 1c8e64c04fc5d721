import ArtifactStorage
import BundleModel
import Testing

@Suite("An object beside its row")
struct ComparisonTests {
  private let moment = Timestamp(microseconds: 0)

  private func row(_ key: String, _ under: StoreUnderTest, checksum: String, size: Int64?) throws -> Artifact {
    Artifact(
      id: "a", slug: try #require(Slug("demo")), fingerprint: try #require(Fingerprint("f")), checksum: checksum,
      storageKind: under.store.kind, storageKey: key, size: size, uploadedAt: moment, createdAt: moment)
  }

  @Test(
    "What was stored matches; the bytes are read when asked for, or where the store knows no checksum",
    arguments: Backend.allCases, [false, true])
  func match(backend: Backend, deep: Bool) async throws {
    let under = try await StoreUnderTest(backend)
    let file = try under.file("content")
    try await under.put("content", key: "demo/f/x.tgz")
    for size in [file.size, nil] {
      let found = try await under.store.compare(
        row("demo/f/x.tgz", under, checksum: file.checksum.hex, size: size), deep: deep)
      #expect(found.verification == .match && found.reason == nil)
      #expect(found.size == file.size && found.checksum == file.checksum)
      #expect(found.bytesRead == (deep || backend == .local ? file.size : 0))
    }
  }

  @Test("Other bytes of the same length are told apart, whatever they claim", arguments: Backend.allCases)
  func mismatch(backend: Backend) async throws {
    let under = try await StoreUnderTest(backend)
    let file = try under.file("content")
    let other = try under.file("c0ntent", name: "in-other")
    try await under.put("content", key: "k/x.tgz")
    try await under.corrupt(key: "k/x.tgz", with: "c0ntent", claiming: file.checksum)
    let found = try await under.store.compare(
      row("k/x.tgz", under, checksum: file.checksum.hex, size: file.size), deep: true)
    #expect(found.verification == .mismatch)
    #expect(found.checksum == other.checksum && found.bytesRead == 7)
    #expect(found.reason?.contains(other.checksum.hex) == true)

    // A false claim is not believed against bytes that are right.
    try await under.corrupt(key: "k/y.tgz", with: "content", claiming: other.checksum)
    let right = try await under.store.compare(
      row("k/y.tgz", under, checksum: file.checksum.hex, size: file.size), deep: false)
    #expect(right.verification == .match && right.bytesRead == 7)
  }

  @Test("Another length is a mismatch that costs no bytes; no object is missing", arguments: Backend.allCases)
  func lengthAndMissing(backend: Backend) async throws {
    let under = try await StoreUnderTest(backend)
    let file = try under.file("content")
    try await under.put("content", key: "k/x.tgz")
    let row = try row("k/x.tgz", under, checksum: file.checksum.hex, size: 6)
    let found = try await under.store.compare(row, deep: false)
    #expect(found.verification == .mismatch && found.bytesRead == 0 && found.size == 7)
    #expect(found.reason == "it has 7 bytes, recorded are 6")
    #expect(try await under.store.compare(row, deep: true).bytesRead == 7)
    try await under.store.delete("k/x.tgz")
    for deep in [false, true] {
      let gone = try await under.store.compare(row, deep: deep)
      #expect(gone.verification == .missing && gone.size == nil && gone.reason == "there is no such object")
    }
  }

  @Test("A row that holds no SHA-256 gives no verdict but on what its size says", arguments: Backend.allCases)
  func noChecksum(backend: Backend) async throws {
    let under = try await StoreUnderTest(backend)
    try await under.put("content", key: "k/x.tgz")
    let row = try row("k/x.tgz", under, checksum: "sha1:abc", size: 7)
    let found = try await under.store.compare(row, deep: true)
    #expect(found.verification == nil && found.reason == "its row holds no SHA-256 to compare with")
  }
}
