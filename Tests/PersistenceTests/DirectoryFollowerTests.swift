import ArtifactStorage
import BundleModel
import BundleStore
import Glibc
import LegacyStore
import TestSupport
import Testing

@testable import Persistence

@Suite("A directory that follows the database", .serialized)
struct DirectoryFollowerTests {
  @Test("What is there at the start and what comes later is in the directory, archives included")
  func follows() async throws {
    try await FollowScene.run { scene in
      try await scene.write("waits", stage: .queued)
      try await scene.complete("made", content: "bytes of made")
      try await scene.following {
        try await scene.settle()
        try await scene.requireAgreement()
        #expect(try scene.held().count == 2)
        #expect(try scene.directory.sourceID() == FollowScene.source)
        try await scene.write("waits", message: "further")
        try await scene.complete("later", content: "bytes of later")
        try await scene.complete("made", fingerprint: "f2", content: "other bytes of made")
        try await scene.settle()
        try await scene.requireAgreement()
        #expect(try scene.held()["waits"]?.message == "further")
        // Of the earlier fingerprint the archive stays.
        #expect(try scene.folder.read("legacy/artifacts/made/f1/made-1.0.tgz") == "bytes of made")
        #expect(try scene.folder.read("legacy/artifacts/made/f2/made-1.0.tgz") == "other bytes of made")
      }
      #expect(scene.told.contains(.inStep))
    }
  }

  @Test("Files are those that AppHub would have written")
  func format() async throws {
    try await FollowScene.run { scene in
      try await scene.complete("a", content: "x", at: "'2026-01-02T03:04:05.678901Z'")
      try await scene.following { try await scene.settle() }
      let text = try scene.folder.read("legacy/status/a.json")
      #expect(text.hasPrefix("{\n  \"slug\": \"a\",\n"))
      #expect(text.contains("\"updatedAt\": \"2026-01-02T03:04:05.678Z\""))
      #expect(text.hasSuffix("}\n"))
    }
  }

  @Test("The file of a deleted row is kept under another name; one that nobody knows stays")
  func deleted() async throws {
    try await FollowScene.run { scene in
      try await scene.write("gone")
      try scene.plant("unknown", at: "2020-01-01T00:00:00.000Z")
      try await scene.following {
        try await scene.settle()
        try await scene.lines("delete from example_bundle_status where slug = 'gone'")
        try await eventually("its file is away") { try scene.held()["gone"] == nil }
        #expect(try scene.folder.read("legacy/status/.removed-gone.json").contains("\"gone\""))
        #expect(try scene.held()["unknown"]?.message == "old")
      }
    }
  }

  @Test("A newer file is left to the migration until the row is newer")
  func newer() async throws {
    try await FollowScene.run { scene in
      try await scene.write("a", message: "row", at: "'2026-01-01T00:00:00.5Z'")
      try scene.plant("a", at: "2026-01-01T00:00:00.501Z", message: "file")
      try await scene.following {
        try await scene.settle()
        #expect(try scene.held()["a"]?.message == "file")
        #expect(scene.told.contains(.left([Slug("a")!])))
        // Nobody knows what it says, so it stays even when the row goes.
        try await scene.lines("delete from example_bundle_status where slug = 'a'")
        try await scene.settle()
        #expect(try scene.held()["a"]?.message == "file")
        try await scene.write("a", message: "newer row", at: "'2026-01-01T00:00:00.501Z'")
        try await scene.settle()
        #expect(try scene.held()["a"]?.message == "newer row")
      }
    }
  }

  @Test("A row does not hide what the older status.json says later")
  func map() async throws {
    try await FollowScene.run { scene in
      try await scene.write("a", message: "row", at: "'2026-01-01T00:00:00Z'")
      try await scene.write("b", message: "row", at: "'2026-01-03T00:00:00Z'")
      let member = """
        "fingerprint": "f", "stage": "failed", "state": "failed", "updatedAt": "2026-01-02T00:00:00.000Z",
        "createdAt": "2026-01-02T00:00:00.000Z", "message": "map"
        """
      try scene.folder.write(
        #"{"a": {"slug": "a", \#(member)}, "b": {"slug": "b", \#(member)}}"#, to: "legacy/status.json")
      try await scene.following {
        try await scene.settle()
        #expect(!TestFile.exists("\(scene.directory.path)/status/a.json"))
        #expect(try scene.folder.read("legacy/status/b.json").contains("\"row\""))
      }
    }
  }

  @Test("Damaged files give way and are kept", arguments: ["", "{", "[]", #"{"slug": "a"}"#])
  func damaged(_ text: String) async throws {
    try await FollowScene.run { scene in
      try await scene.write("a")
      try scene.folder.write(text, to: "legacy/status/a.json")
      try await scene.following {
        try await scene.settle()
        try await scene.requireAgreement()
        #expect(try scene.folder.read("legacy/status/.removed-a.json") == text)
      }
    }
  }

  @Test("An archive with other bytes is kept under another name")
  func otherBytes() async throws {
    try await FollowScene.run { scene in
      try await scene.complete("a", content: "right")
      try scene.folder.write("wrong", to: "legacy/artifacts/a/f1/a-1.0.tgz")
      try await scene.following {
        try await scene.settle()
        try await scene.requireAgreement()
      }
      let names = scene.names(in: "legacy/artifacts/a/f1")
      #expect(names.count == 2 && names[1].hasPrefix("a-1.0.tgz.superseded-"))
      #expect(try scene.folder.read("legacy/artifacts/a/f1/\(names[1])") == "wrong")
    }
  }

  @Test("An archive of AppHub's with the right bytes stays as it is")
  func sameBytes() async throws {
    try await FollowScene.run { scene in
      try await scene.complete("a", content: "right", stored: false)
      try scene.folder.write("right", to: "legacy/artifacts/a/f1/a-1.0.tgz")
      var before = stat()
      stat("\(scene.directory.path)/artifacts/a/f1/a-1.0.tgz", &before)
      try await scene.following {
        // The object is not even there: nothing asks for it.
        try await scene.settle()
        try await scene.requireAgreement()
      }
      var after = stat()
      stat("\(scene.directory.path)/artifacts/a/f1/a-1.0.tgz", &after)
      #expect(before.st_ino == after.st_ino && before.st_mtim.tv_sec == after.st_mtim.tv_sec)
    }
  }

  @Test("No status says completed before its archive is there; a missing object is told and tried again")
  func missingObject() async throws {
    try await FollowScene.run { scene in
      try await scene.write("a")
      try await scene.following {
        try await scene.settle()
        try await scene.complete("a", content: "late", stored: false)
        try await scene.write("b")
        try await eventually("the failure is published", { try await scene.published() }) {
          $0.hasPrefix("failed: a: there is no ")
        }
        #expect(try scene.held()["a"]?.state == .running)
        try await eventually("others go on") { try scene.held()["b"] != nil }
        let key = try await scene.lines("select storage_key from example_bundle_artifacts").first ?? ""
        try await scene.put("late", key: key)
        try await scene.settle()
        try await scene.requireAgreement()
      }
      let failures = scene.told.filter { if case .failing = $0 { true } else { false } }
      #expect(failures.count == 1, "one line for one reason: \(scene.told)")
      #expect(scene.told.last == .inStep)
    }
  }

  @Test("A directory that was moved away is made again, with its id and everything in it")
  func movedAway() async throws {
    try await FollowScene.run { scene in
      try await scene.complete("a", content: "bytes")
      try await scene.write("b")
      try await scene.following {
        try await scene.settle()
        #expect(rename(scene.directory.path, scene.directory.path + ".away") == 0)
        try await eventually("it is made again") { scene.told.contains(.madeAgain) }
        try await scene.settle()
        try await scene.requireAgreement()
        #expect(try scene.directory.sourceID() == FollowScene.source)
        // Another one in its place is compared as a whole.
        try await scene.write("b", message: "newer")
        try await scene.settle()
        #expect(rename(scene.directory.path, scene.directory.path + ".second") == 0)
        #expect(rename(scene.directory.path + ".away", scene.directory.path) == 0)
        try await eventually("the first one catches up") { try scene.held()["b"]?.message == "newer" }
        try await scene.settle()
        try await scene.requireAgreement()
        // So is a folder of it.
        #expect(rename(scene.directory.path + "/status", scene.folder.path + "/status-away") == 0)
        try await eventually("its statuses are made again") { try scene.held().count == 2 }
      }
    }
  }

  @Test("A place where no directory can be is told, and used as soon as it can")
  func obstacle() async throws {
    try await FollowScene.run { scene in
      try await scene.write("a")
      try scene.folder.write("a file", to: "legacy")
      try await scene.following {
        try await eventually("the failure is published", { try await scene.published() }) {
          $0.hasPrefix("failed: ")
        }
        #expect(unlink(scene.directory.path) == 0)
        try await scene.settle()
        try await scene.requireAgreement()
      }
    }
  }

  @Test("A directory with another id is not written to")
  func otherSource() async throws {
    try await FollowScene.run { scene in
      try await scene.write("a")
      try scene.folder.makeFolder("legacy")
      try scene.directory.establishSourceID("another")
      try await scene.following {
        try await eventually("the failure is published", { try await scene.published() }) {
          $0.hasPrefix("failed: ") && $0.contains("another")
        }
        #expect(try scene.held().isEmpty)
      }
    }
  }

  @Test(
    "A store that lies in the directory is told, for its objects and the copies would be one another's leftovers")
  func overlap() throws {
    let folder = try TemporaryDirectory()
    try folder.makeFolder("legacy/artifacts")
    #expect(symlink("legacy", folder.path + "/link") == 0)
    let directory = LegacyDirectory(path: folder.path + "/legacy")
    for (root, overlaps) in [
      ("legacy/artifacts", true), ("legacy", true), ("link/artifacts/", true), ("legacy/new/folder", true),
      ("", true),
      ("legacy-store", false), ("store", false),
    ] {
      let store = LocalArtifactStore(root: "\(folder.path)/\(root)", signingSecret: Secret(Array("secret".utf8)))
      #expect((directory.overlap(with: store) != nil) == overlaps, "\(root)")
    }
  }

  @Test("A pod's row that was pruned hears of it as soon as it is there again")
  func pruned() async throws {
    try await FollowScene.run { scene in
      try await scene.following {
        try await scene.settle()
        try await scene.lines("update example_bundle_pods set following = null")
        try await scene.write("a")
        try await scene.settle()
      }
    }
  }

  @Test(
    "Whatever is written, deleted and damaged, the directory agrees in the end",
    arguments: 1...3 as ClosedRange<UInt64>)
  func lives(seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    try await FollowScene.run { scene in
      try await scene.following {
        for step in 1...40 {
          let slug = "s\(Int.random(in: 0..<6, using: &random))"
          switch Int.random(in: 0..<10, using: &random) {
          case 0...3: try await scene.write(slug, message: "step \(step)")
          case 4...6:
            try await scene.complete(
              slug, fingerprint: "f\(Int.random(in: 0..<3, using: &random))",
              content: String(repeating: "\(step) ", count: Int.random(in: 1..<9, using: &random)))
          case 7: try await scene.lines("delete from example_bundle_status where slug = '\(slug)'")
          case 8: _ = try? scene.folder.write("{\"slug\": ", to: "legacy/status/\(slug).json")
          default:
            if random.chance(30) { rename(scene.directory.path, scene.directory.path + ".away\(step)") }
          }
          if random.chance(30) { try await scene.settle() }
        }
        // What was damaged without a change of its row is found by the next comparison.
        rename(scene.directory.path + "/status", scene.folder.path + "/damaged")
        try await scene.write("last")
        try await eventually(within: .seconds(40), "the directory says what the rows say") {
          try await scene.settle()
          try await scene.requireAgreement()
          return true
        }
      }
    }
  }
}
