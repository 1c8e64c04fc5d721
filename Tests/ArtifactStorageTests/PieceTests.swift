import ArtifactStorage
import BundleModel
import TestSupport
import Testing

/// Parts of objects, on every backend.
@Suite struct PieceTests {
  let key = "demo/0123abcd/0123456789abcdef/demo-1.0.0.tgz"

  @Test(arguments: Backend.allCases) func piecesMakeTheObject(_ backend: Backend) async throws {
    let test = try await StoreUnderTest(backend)
    let text = String((0..<70_000).map { "\($0 % 10)" }.joined())
    try await test.put(text, key: key)
    var found: [UInt8] = []
    var tags: Set<String?> = []
    for range in [0..<1, 1..<65_536, 65_536..<69_999, 69_999..<70_000] as [Range<Int64>] {
      let piece = try await test.store.read(key, range: range)
      #expect(piece.bytes.count == range.count && piece.total == 70_000)
      found += piece.bytes
      tags.insert(piece.tag)
    }
    #expect(String(decoding: found, as: UTF8.self) == text)
    #expect(tags.count == 1)
  }

  @Test(arguments: Backend.allCases) func whatIsNotThereIsNotRead(_ backend: Backend) async throws {
    let test = try await StoreUnderTest(backend)
    let missing = await failure { () throws(StorageError) in _ = try await test.store.read(key, range: 0..<1) }
    #expect(missing?.kind == .missing)
    try await test.put("short", key: key)
    for range in [4..<6, 5..<6] as [Range<Int64>] {
      let beyond = await failure { () throws(StorageError) in _ = try await test.store.read(key, range: range) }
      #expect(beyond != nil && beyond?.kind != .missing, "\(range)")
    }
  }

  @Test func anotherFileHasAnotherTag() async throws {
    let test = try await StoreUnderTest(.local)
    try await test.put("first", key: key)
    let first = try await test.store.read(key, range: 0..<2).tag
    try await test.store.delete(key)
    try await test.put("other", key: key)
    let other = try await test.store.read(key, range: 0..<2).tag
    #expect(first != nil && other != nil && first != other)
  }

  @Test func linksInTheStoreAreNotFollowed() async throws {
    let test = try await StoreUnderTest(.local)
    let outside = try test.directory.write("secret", to: "outside")
    try test.directory.makeFolder("store/demo")
    _ = try await Program.run("ln", ["-s", outside, test.directory.path + "/store/demo/a.tgz"])
    _ = try await Program.run("mkfifo", [test.directory.path + "/store/demo/b.tgz"])
    for key in ["demo/a.tgz", "demo/b.tgz"] {
      let error = await failure { () throws(StorageError) in _ = try await test.store.read(key, range: 0..<1) }
      #expect(error?.kind == .file, "\(key)")
    }
  }
}
