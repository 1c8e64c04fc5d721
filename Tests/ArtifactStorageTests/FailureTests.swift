import ArtifactStorage
import BundleModel
import LocalStack
import S3
import TestSupport
import Testing

/// Only a clear "no such object" is missing; all else is an error that says so.
@Suite struct FailureTests {
  private func store(_ changes: [String: String]) async throws -> any ArtifactStore {
    let environment = try await TestObjectStore.create().environment
    let all = environment.merging(changes.map { ("APPHUB_BUNDLE_STORAGE_" + $0, $1) }) { $1 }
    return try StorageSettings(environment: all).make()
  }

  @Test func wrongSecretIsNotMissing() async throws {
    let store = try await store(["SECRET_ACCESS_KEY": "wrong-and-secret"])
    let error = await failure { () throws(StorageError) in _ = try await store.inspect("key") }
    #expect(error?.kind == .denied && error?.errorClass == .storage)
    #expect(error?.message.contains("wrong-and-secret") == false)
    #expect(await failure { () throws(StorageError) in try await store.check() }?.kind == .denied)
  }

  @Test func closedPortIsNotMissing() async throws {
    let port = 1  // nobody listens there
    let store = try await store(["ENDPOINT": "http://127.0.0.1:\(port)"])
    let begin = ContinuousClock.now
    let error = await failure { () throws(StorageError) in try await store.check() }
    #expect(error?.kind == .unavailable)
    #expect(error?.message.contains("127.0.0.1:\(port)") == true)
    #expect(.now - begin < .seconds(25))
    #expect(await failure { () throws(StorageError) in _ = try await store.inspect("k") }?.kind == .unavailable)
  }

  @Test func missingBucket() async throws {
    let store = try await store(["BUCKET": "no-such-bucket-here"])
    let error = await failure { () throws(StorageError) in try await store.check() }
    #expect(error?.kind == .unavailable && error?.message.contains("no-such-bucket-here") == true)
  }

  @Test func stoppedServerComesBack() async throws {
    let directory = try StackDirectory.create()
    defer { try? directory.remove() }
    let server = try await LocalS3.start(in: directory, buckets: ["bundles"])
    do {
      let store = try StorageSettings(environment: server.environment(bucket: "bundles")).make()
      try await store.check()
      await server.stop()
      #expect(await failure { () throws(StorageError) in try await store.check() }?.kind == .unavailable)
      try await server.startAgain()
      try await store.check()
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  @Test(arguments: [
    "", "/", "a//b", "../x", "a/../../x", "a/./b", "/etc/passwd", "a/", "a\u{0}b",
    String(repeating: "x", count: 300),
  ])
  func localKeysStayInside(_ key: String) async throws {
    let test = try await StoreUnderTest(.local)
    let file = try test.file("x")
    let inspected = await failure { () throws(StorageError) in _ = try await test.store.inspect(key) }
    let deleted = await failure { () throws(StorageError) in try await test.store.delete(key) }
    let put = await failure { () throws(StorageError) in
      _ = try await test.store.put(
        file: file.path, key: key, checksum: file.checksum, size: 1, contentType: "x", progress: nil)
    }
    for error in [inspected, deleted, put] { #expect(error?.kind == .invalid) }
  }

  /// Of two writers of other bytes one wins, and its bytes stay.
  @Test func localRaceHasOneWinner() async throws {
    let test = try await StoreUnderTest(.local)
    for round in 0..<20 {
      let key = "a/b/\(round)"
      let wins = await withTaskGroup(of: Bool.self) { group in
        for writer in 0..<4 { group.addTask { (try? await test.put("writer \(writer)", key: key)) == .created } }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(wins == 1)
    }
    #expect(try await test.leftovers() == "")
  }
}
