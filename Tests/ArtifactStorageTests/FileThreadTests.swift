import BundleModel
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import ArtifactStorage

/// Calls that end although the disk does not answer.
@Suite struct FileThreadTests {
  /// What holds a thread until the test lets it go, as a hung file system does.
  private final class Gate: Sendable {
    private let ends: [CInt]
    init() {
      var ends: [CInt] = [0, 0]
      precondition(pipe(&ends) == 0)
      self.ends = ends
    }
    func open() { _ = write(ends[1], [1], 1) }
    func wait() {
      var byte: UInt8 = 0
      _ = read(ends[0], &byte, 1)
    }
    deinit { for end in ends { close(end) } }
  }

  @Test func hangingWorkIsLeftBehind() async throws {
    let gate = Gate()
    let ended = Atomic(false)
    let isOver = SharedFlag()
    let error = await failure { () throws(StorageError) in
      try await FileThread.run("reading /data/x", patience: .milliseconds(50)) { heart throws(StorageError) in
        gate.wait()
        defer { isOver.set() }
        try heart.beat("reading")
      }
    }
    #expect(error?.kind == .timeout && error?.errorClass == .timeout)
    #expect(error?.message.hasPrefix("reading /data/x got nowhere") == true)
    #expect(!isOver.isSet && !ended.load(ordering: .relaxed))
    gate.open()
    try await eventually("the thread ends when it can") { isOver.isSet }
  }

  /// Slow is not hanging.
  @Test func slowWorkGoesOn() async throws {
    let gate = Gate()
    let count = try await FileThread.run("reading", patience: .milliseconds(200)) { heart throws(StorageError) in
      let begin = ContinuousClock.now
      var count = 0
      while ContinuousClock.now - begin < .seconds(1) {
        try heart.beat("reading")
        count += 1
        if count == 1 { gate.open() }
      }
      return count
    }
    #expect(count > 1)
  }

  @Test func cancelledHangingWorkIsLeftBehind() async throws {
    let gate = Gate()
    let began = SharedFlag()
    let task = Task {
      await failure { () throws(StorageError) in
        try await FileThread.run("reading", patience: .seconds(600)) { _ throws(StorageError) in
          began.set()
          gate.wait()
        }
      }
    }
    try await eventually("the thread runs") { began.isSet }
    task.cancel()
    #expect(await task.value?.kind == .cancelled)
    gate.open()
  }

  /// A put whose disk hangs in the middle: the caller hears of it, and later nothing is left.
  @Test func hangingPut() async throws {
    let directory = try TemporaryDirectory()
    let store = LocalArtifactStore(
      root: directory.path + "/store", keys: LinkKeySource(), patience: .milliseconds(100))
    let test = try await StoreUnderTest(.local)
    let file = try test.file(String(repeating: "x", count: 1 << 20))
    let gate = Gate()
    let error = await failure { () throws(StorageError) in
      _ = try await store.put(
        file: file.path, key: "a/b", checksum: file.checksum, size: file.size, contentType: "x",
        progress: { _ in gate.wait() })
    }
    #expect(error?.kind == .timeout)
    #expect(try await store.list(prefix: "").isEmpty)
    for _ in 0..<8 { gate.open() }
    try await eventually("the draft is gone") {
      try await Program.run("find", [directory.path, "-type", "f"]).output.isEmpty
    }
  }

  @Test func resultsAndErrorsComeThrough() async throws {
    for round in 0..<500 {
      let value = try await FileThread.run("x", patience: .seconds(60)) { _ throws(StorageError) in round }
      #expect(value == round)
    }
    let error = await failure { () throws(StorageError) in
      try await FileThread.run("x", patience: .seconds(60)) { _ throws(StorageError) in
        throw StorageError(.missing, "gone")
      }
    }
    #expect(error == StorageError(.missing, "gone"))
  }
}

/// Set by one thread, seen by another.
private final class SharedFlag: Sendable {
  private let flag = Atomic(false)
  var isSet: Bool { flag.load(ordering: .acquiring) }
  func set() { flag.store(true, ordering: .releasing) }
}
