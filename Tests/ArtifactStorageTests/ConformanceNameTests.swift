import ArtifactStorage
import BundleModel
import TestSupport
import Testing

/// Names as people and attackers give them, on every backend.
@Suite struct ConformanceNameTests {
  @Test(arguments: Backend.allCases) func oddNamesBecomeKeysThatEveryStoreHolds(_ backend: Backend) async throws {
    let test = try await StoreUnderTest(backend)
    let names: [(slug: String, fingerprint: String, filename: String?)] = [
      ("Retail Sales", "0123ABCD", "Retail Sales 1.0.TGZ"), ("../../etc/passwd", "..", "../../x.tgz"),
      ("日本", "é", "日本.tgz"), ("a/b\\c", "%2e%2e", nil), ("..", "f", "a\u{0}b\r\nc.tar.gz"),
    ]
    var keys: [String] = []
    for (slug, fingerprint, filename) in names {
      let file = try test.file("bytes of \(slug)")
      let key = test.store.key(
        slug: try #require(Slug(slug)), fingerprint: try #require(Fingerprint(fingerprint)),
        checksum: file.checksum, filename: filename)
      #expect(try await test.put("bytes of \(slug)", key: key) == .created)
      let target = test.directory.path + "/out"
      try await test.store.fetch(key, file: target, checksum: file.checksum)
      #expect(try TestFile.read(target) == "bytes of \(slug)")
      keys.append(key)
    }
    #expect(Set(keys).count == names.count)
    #expect(Set(try await test.store.list(prefix: "").map(\.key)) == Set(keys))
  }

  /// A key that leads elsewhere is refused, or is a name like any other; nothing outside is ever written or read.
  @Test(arguments: Backend.allCases) func keysLeadNowhereElse(_ backend: Backend) async throws {
    let test = try await StoreUnderTest(backend)
    let secret = try test.file("not yours", name: "in-secret")
    try await test.put("kept", key: "a/b")
    for key in ["../in-secret", "a/../../in-secret", "/in-secret", "a/./b", "..", ".", "a//b", "", "a/\u{0}"] {
      let target = test.directory.path + "/out"
      let read = await failure { () throws(StorageError) in
        try await test.store.fetch(key, file: target, checksum: secret.checksum)
      }
      #expect(read != nil && read?.kind != .integrity, "\(key)")
      let file = try test.file("overwritten", name: "in-new")
      let written = await failure { () throws(StorageError) in
        _ = try await test.store.put(
          file: file.path, key: key, checksum: file.checksum, size: file.size, contentType: "text/plain",
          progress: nil)
      }
      if backend == .local || key.isEmpty { #expect(written != nil, "\(key)") }
      if written == nil {
        #expect(try await test.store.verify(key, size: file.size, checksum: file.checksum, deep: true) == .match)
      }
    }
    #expect(try test.directory.read("in-secret") == "not yours")
    let kept = try test.file("kept", name: "in-kept").checksum
    #expect(try await test.store.verify("a/b", size: 4, checksum: kept, deep: true) == .match)
    #expect(try await test.leftovers() == "")
  }
}
