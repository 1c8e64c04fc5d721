import ArtifactStorage
import BundleModel
import LocalStack
import ProcessControl
import S3
import Synchronization
import TestSupport
import Testing

/// What holds for every backend, on real servers and directories.
@Suite struct ConformanceTests {
  let key = "demo/0123abcd/0123456789abcdef/demo-1.0.0.tgz"

  @Test(arguments: Backend.allCases) func putsOnce(_ backend: Backend) async throws {
    let test = try await StoreUnderTest(backend)
    let file = try test.file("the archive")
    let sent = Mutex(Int64(0))
    let outcome = try await test.store.put(
      file: file.path, key: key, checksum: file.checksum, size: file.size, contentType: "application/gzip",
      progress: { bytes in sent.withLock { $0 = bytes } })
    #expect(outcome == .created)
    #expect(sent.withLock { $0 } == file.size)
    #expect(try await test.put("the archive", key: key) == .identical)
    #expect(try await test.store.verify(key, size: file.size, checksum: file.checksum, deep: true) == .match)
    #expect(try await test.leftovers() == "")
  }

  @Test(arguments: Backend.allCases) func neverOverwrites(_ backend: Backend) async throws {
    let test = try await StoreUnderTest(backend)
    try await test.put("first", key: key)
    for text in ["other", "another length"] {
      let file = try test.file(text)
      let error = await failure { () throws(StorageError) in
        _ = try await test.store.put(
          file: file.path, key: key, checksum: file.checksum, size: file.size, contentType: "application/gzip",
          progress: nil)
      }
      #expect(error?.kind == .conflict)
    }
    let first = try test.file("first")
    #expect(try await test.store.verify(key, size: 5, checksum: first.checksum, deep: true) == .match)
  }

  @Test(arguments: Backend.allCases) func refusesFilesThatAreNotWhatTheyClaim(_ backend: Backend) async throws {
    let test = try await StoreUnderTest(backend)
    let file = try test.file("some bytes")
    let other = try test.file("same size!", name: "in2").checksum
    for (checksum, size) in [(other, file.size), (file.checksum, file.size + 1), (file.checksum, file.size - 1)] {
      let error = await failure { () throws(StorageError) in
        _ = try await test.store.put(
          file: file.path, key: key, checksum: checksum, size: size, contentType: "application/gzip", progress: nil)
      }
      #expect(error?.kind == .integrity)
    }
    let missing = await failure { () throws(StorageError) in
      _ = try await test.store.put(
        file: "/no/such/file", key: key, checksum: other, size: 1, contentType: "application/gzip", progress: nil)
    }
    #expect(missing?.kind == .file)
    #expect(try await test.store.inspect(key) == .missing)
    #expect(try await test.store.list(prefix: "").isEmpty)
    #expect(try await test.leftovers() == "")
  }

  @Test(arguments: Backend.allCases) func inspectsAndVerifies(_ backend: Backend) async throws {
    let test = try await StoreUnderTest(backend)
    let file = try test.file("the archive")
    let other = try test.file("other", name: "in2").checksum
    for deep in [false, true] {
      #expect(try await test.store.verify(key, size: 1, checksum: other, deep: deep) == .missing)
    }
    #expect(try await test.store.inspect(key) == .missing)
    try await test.put("the archive", key: key)
    guard case .present(let size, let checksum) = try await test.store.inspect(key) else {
      Issue.record("not there")
      return
    }
    #expect(size == file.size)
    #expect(checksum == (backend == .local ? nil : file.checksum))
    for deep in [false, true] {
      #expect(try await test.store.verify(key, size: file.size, checksum: file.checksum, deep: deep) == .match)
      #expect(try await test.store.verify(key, size: nil, checksum: file.checksum, deep: deep) == .match)
      #expect(try await test.store.verify(key, size: 1, checksum: file.checksum, deep: deep) == .mismatch)
      #expect(try await test.store.verify(key, size: file.size, checksum: other, deep: deep) == .mismatch)
    }
  }

  /// Bytes changed while all that is noted about them stayed: only reading them tells.
  @Test(arguments: Backend.allCases) func detectsCorruption(_ backend: Backend) async throws {
    let test = try await StoreUnderTest(backend)
    let file = try test.file("the archive")
    try await test.put("the archive", key: key)
    try await test.corrupt(key: key, with: "the archivE", claiming: file.checksum)
    #expect(try await test.store.verify(key, size: file.size, checksum: file.checksum, deep: true) == .mismatch)
    let target = test.directory.path + "/out"
    let error = await failure { () throws(StorageError) in
      try await test.store.fetch(key, file: target, checksum: file.checksum)
    }
    #expect(error?.kind == .integrity)
    #expect(!TestFile.exists(target))
    #expect(try await test.leftovers() == "")
  }

  @Test(arguments: Backend.allCases) func fetches(_ backend: Backend) async throws {
    let test = try await StoreUnderTest(backend)
    let file = try test.file("the archive")
    let target = try test.directory.write("old", to: "out")
    let missing = await failure { () throws(StorageError) in
      try await test.store.fetch(key, file: target, checksum: file.checksum)
    }
    #expect(missing?.kind == .missing)
    #expect(try test.directory.read("out") == "old")
    try await test.put("the archive", key: key)
    try await test.store.fetch(key, file: target, checksum: file.checksum)
    #expect(try test.directory.read("out") == "the archive")
    #expect(try await test.leftovers() == "./out\n")
  }

  @Test(arguments: Backend.allCases) func listsAndDeletes(_ backend: Backend) async throws {
    let test = try await StoreUnderTest(backend)
    #expect(try await test.store.list(prefix: "").isEmpty)
    for name in ["b/1/x.tgz", "a/1/x.tgz", "a/1/y.tgz", "ab/1/x.tgz"] { try await test.put(name, key: name) }
    #expect(
      try await test.store.list(prefix: "").map(\.key) == ["a/1/x.tgz", "a/1/y.tgz", "ab/1/x.tgz", "b/1/x.tgz"])
    let found = try await test.store.list(prefix: "a/")
    #expect(found.map(\.key) == ["a/1/x.tgz", "a/1/y.tgz"])
    #expect(found.map(\.size) == [9, 9] && found.allSatisfy { $0.lastModified != nil })
    try await test.store.delete("a/1/x.tgz")
    try await test.store.delete("a/1/x.tgz")
    #expect(try await test.store.inspect("a/1/x.tgz") == .missing)
    #expect(try await test.store.list(prefix: "a/").map(\.key) == ["a/1/y.tgz"])
  }

  @Test(arguments: Backend.allCases) func manyWritersOfTheSameBytes(_ backend: Backend) async throws {
    let test = try await StoreUnderTest(backend)
    let key = key
    let outcomes = await withTaskGroup(of: String.self) { group in
      for _ in 0..<8 {
        group.addTask {
          do {
            return "\(try await test.put("the archive", key: key))"
          } catch {
            return "\(error)"
          }
        }
      }
      return await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(outcomes.contains("created") && outcomes.subtracting(["created", "identical"]).isEmpty)
    // As a set: rclone lists a key twice when two writers created it in the same moment.
    #expect(Set(try await test.store.list(prefix: "").map(\.key)) == [key])
    let checksum = try test.file("the archive").checksum
    #expect(try await test.store.verify(key, size: 11, checksum: checksum, deep: true) == .match)
  }

  /// A cancelled upload ends at once and leaves no object, or a whole one when the last byte had left already.
  @Test(arguments: Backend.allCases) func cancelledPut(_ backend: Backend) async throws {
    let test = try await StoreUnderTest(backend)
    let file = try test.file(String(repeating: "0123456789abcdef", count: 1 << 20))
    let began = AsyncStream<Void>.makeStream()
    let key = key
    let task = Task {
      await failure { () throws(StorageError) in
        _ = try await test.store.put(
          file: file.path, key: key, checksum: file.checksum, size: file.size, contentType: "application/gzip",
          progress: { bytes in
            began.continuation.yield()
            // Holds the upload back until the cancellation is on its way.
            if bytes < file.size { began.continuation.yield() }
          })
      }
    }
    for await _ in began.stream { break }
    task.cancel()
    let error = await task.value
    guard error != nil else { return }  // it was faster than we: then it is whole
    #expect(error?.kind == .cancelled)
    // Some servers show a half-written object until they notice that the writer is gone.
    var found = Verification.mismatch
    let settled = try await poll(within: .seconds(60)) {
      found = try await test.store.verify(key, size: file.size, checksum: file.checksum, deep: true)
      return found != .mismatch
    }
    #expect(settled, "the object is \(found)")
    #expect(try await test.leftovers() == "")
  }

  @Test(arguments: Backend.allCases) func checks(_ backend: Backend) async throws {
    let test = try await StoreUnderTest(backend)
    try await test.store.check()
  }

  @Test(arguments: Backend.allCases) func linkLifetimes(_ backend: Backend) async throws {
    let store = try await StoreUnderTest(backend).store
    let slug = try #require(Slug("demo"))
    let fingerprint = try #require(Fingerprint("0123"))
    for seconds in [0, 901, -1] as [Int64] {
      let request = LinkRequest(slug: slug, fingerprint: fingerprint, key: key, lifetime: .seconds(seconds))
      #expect(throws: StorageError.self) { try store.signedURL(request) }
    }
    let before = ThisProcess.now()
    let link = try store.signedURL(LinkRequest(slug: slug, fingerprint: fingerprint, key: key))
    let span = link.expiresAt.since(before)
    #expect(span > .seconds(298) && span < .seconds(302))
    #expect("\(link)".contains("token") == false && "\(link)".contains("Signature") == false)
  }
}
