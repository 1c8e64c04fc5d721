import BundleModel
import Glibc
import TestSupport
import Testing

@testable import ArtifactStorage

/// A directory store among planted links, hanging disks and people who tidy up.
@Suite struct LocalTreeTests {
  private let test: StoreUnderTest
  private let root: String
  private let outside: String

  init() async throws {
    test = try await StoreUnderTest(.local)
    root = try test.directory.makeFolder("store")
    outside = try test.directory.makeFolder("in-outside")
    try test.directory.write("not yours", to: "in-outside/x.tgz")
  }

  private func kind(_ call: () async throws(StorageError) -> Void) async -> StorageError.Kind? {
    await failure(call)?.kind
  }

  /// A link instead of a folder, at any depth, leads nowhere: not to read, not to write, not to remove, not to list.
  @Test(arguments: ["a", "a/b", "a/b/c"]) func foldersThatAreLinks(_ place: String) async throws {
    try test.directory.makeFolder("store/" + place.split(separator: "/").dropLast().joined(separator: "/"))
    #expect(symlink(outside, "\(root)/\(place)") == 0)
    let key = place + "/x.tgz"
    let file = try test.file("not yours", name: "in2")
    let store = test.store
    #expect(await kind { () throws(StorageError) in _ = try await store.inspect(key) } == .denied)
    #expect(
      await kind { () throws(StorageError) in
        _ = try await store.verify(key, size: nil, checksum: file.checksum, deep: true)
      } == .denied)
    #expect(
      await kind { () throws(StorageError) in
        try await store.fetch(key, file: outside + "/out", checksum: file.checksum)
      } == .denied)
    #expect(await kind { () throws(StorageError) in _ = try await test.store.delete(key) } == .denied)
    for name in ["/x.tgz", "/new.tgz", "/deeper/new.tgz"] {
      let denied = await failure { () throws(StorageError) in
        _ = try await store.put(
          file: file.path, key: place + name, checksum: file.checksum, size: file.size, contentType: "x",
          progress: nil)
      }
      #expect(denied?.kind == .denied && denied?.message.contains("\(place) is a symbolic link") == true)
    }
    #expect(try await store.list(prefix: "").isEmpty)
    #expect(try await Program.run("ls", [outside]).output == "x.tgz\n")
    #expect(try TestFile.read(outside + "/x.tgz") == "not yours")
  }

  /// A link instead of an archive is none; removing it removes the link.
  @Test func filesThatAreLinks() async throws {
    try test.directory.makeFolder("store/a")
    #expect(symlink(outside + "/x.tgz", root + "/a/x.tgz") == 0)
    let file = try test.file("not yours", name: "in2")
    let store = test.store
    #expect(await kind { () throws(StorageError) in _ = try await store.inspect("a/x.tgz") } == .file)
    #expect(
      await kind { () throws(StorageError) in
        _ = try await store.put(
          file: file.path, key: "a/x.tgz", checksum: file.checksum, size: file.size, contentType: "x", progress: nil
        )
      } == .file)
    #expect(try await store.list(prefix: "").isEmpty)
    try await store.delete("a/x.tgz")
    #expect(!TestFile.exists(root + "/a/x.tgz") && TestFile.exists(outside + "/x.tgz"))
  }

  @Test func theRootMayBeALink() async throws {
    let link = test.directory.path + "/link"
    #expect(symlink(root, link) == 0)
    let store = LocalArtifactStore(root: link + "/", signingSecret: Secret(Array("sixteen bytes...".utf8)))
    try await store.check()
    let file = try test.file("the archive")
    _ = try await store.put(
      file: file.path, key: "a/x.tgz", checksum: file.checksum, size: file.size, contentType: "x", progress: nil)
    #expect(try TestFile.read(root + "/a/x.tgz") == "the archive")
    #expect(try await store.list(prefix: "").map(\.key) == ["a/x.tgz"])
  }

  /// A link that comes and goes while others write and read: nothing ever lands outside, nothing comes from there.
  @Test func linksThatComeAndGo() async throws {
    let file = try test.file("the archive")
    let other = try #require(Checksum(hex: String(repeating: "0", count: 64)))
    let (store, root, outside) = (test.store, root, outside)
    await withTaskGroup { group in
      for round in 0..<200 {
        group.addTask {
          _ = try? await store.put(
            file: file.path, key: "a/b/\(round)", checksum: file.checksum, size: file.size, contentType: "x",
            progress: nil)
          let seen = try? await store.verify("a/b/x.tgz", size: nil, checksum: other, deep: true)
          #expect(seen == nil || seen == .missing)
        }
        group.addTask {
          // Swaps folder and link, as somebody with a shell may.
          _ = rename("\(root)/a", "\(root)/was-\(round)")
          _ = symlink(outside, "\(root)/a")
          _ = unlink("\(root)/a")
        }
      }
    }
    #expect(try await Program.run("ls", [outside]).output == "x.tgz\n")
  }

  @Test func deletingTidiesUp() async throws {
    for key in ["a/b/c/x.tgz", "a/b/y.tgz", "z.tgz"] { try await test.put(key, key: key) }
    try await test.store.delete("a/b/c/x.tgz")
    #expect(!TestFile.exists(root + "/a/b/c") && TestFile.exists(root + "/a/b/y.tgz"))
    try await test.store.delete("a/b/none.tgz")
    try await test.store.delete("a/none/none.tgz")
    #expect(TestFile.exists(root + "/a/b/y.tgz"))
    try await test.store.delete("a/b/y.tgz")
    try await test.store.delete("z.tgz")
    #expect(!TestFile.exists(root + "/a") && TestFile.exists(root))
  }

  /// Folders that vanish because their last archive was removed take no other's archive with them.
  @Test func writersAndRemovers() async throws {
    let test = test
    await withTaskGroup { group in
      for round in 0..<300 {
        group.addTask {
          await #expect(throws: Never.self) { try await test.put("kept", key: "a/b/c/kept-\(round % 10)") }
        }
        group.addTask {
          await #expect(throws: Never.self) {
            try await test.put("gone", key: "a/b/c/gone-\(round)")
            try await test.store.delete("a/b/c/gone-\(round)")
            try await test.store.delete("a/b/c/never")
          }
        }
      }
    }
    #expect(try await test.store.list(prefix: "a/b/").map(\.key) == (0..<10).map { "a/b/c/kept-\($0)" })
    #expect(try await Program.run("find", [test.directory.path, "-name", "*.part"]).output == "")
  }

  /// Every key that AppHub ever wrote, and what a person may have put there.
  @Test(arguments: [
    "demo/abc/demo.tgz", "demo/abc/demo-1.0.0.tgz", "bundle/fingerprint/bundle-fingerprint.tgz", "x.tgz",
    "demo/a..b/c.zip", "Ünïcode/Ärchiv 1.tgz", "a b/c+d/e%2Ff.tgz", "a/-/--", "...", "a/.hidden/x", "a/\u{1F4E6}",
    "e\u{301}/x", "back\\slash", String(repeating: "n", count: 255), String(repeating: "ab/", count: 341) + "c",
  ])
  func keys(_ key: String) async throws {
    let file = try test.file("the archive")
    try await test.put("the archive", key: key)
    #expect(try await test.store.verify(key, size: file.size, checksum: file.checksum, deep: true) == .match)
    #expect(try await test.store.list(prefix: "").map { Array($0.key.utf8) } == [Array(key.utf8)])
    #expect(try await test.store.list(prefix: String(key.prefix(2))).count == 1)
    try await test.store.delete(key)
    #expect(try await test.store.inspect(key) == .missing)
  }

  @Test func fileInThePlaceOfAFolder() async throws {
    try await test.put("x", key: "a")
    #expect(try await test.store.inspect("a/b") == .missing)
    let file = try test.file("x")
    let put = await failure { () throws(StorageError) in
      _ = try await test.store.put(
        file: file.path, key: "a/b", checksum: file.checksum, size: 1, contentType: "x", progress: nil)
    }
    #expect(put?.kind == .file && put?.message.contains("cannot open \(root)/a: Not a directory") == true)
    try await test.store.delete("a/b")
    #expect(try await test.store.list(prefix: "").map(\.key) == ["a"])
  }
}
