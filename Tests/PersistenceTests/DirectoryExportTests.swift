import BundleModel
import BundleStore
import LegacyStore
import TestSupport
import Testing

@testable import Persistence

@Suite("Everything back into AppHub's format", .serialized)
struct DirectoryExportTests {
  private func export(_ scene: FollowScene, page: Int = 200) async throws -> ExportReport {
    try scene.folder.makeFolder("legacy")
    return try await DirectoryExport(
      store: scene.store, artifacts: scene.artifacts, directory: scene.directory, page: page
    ).run()
  }

  @Test("An empty directory reads back equal, whatever the page", arguments: [1, 2, 3, 200])
  func empty(page: Int) async throws {
    try await FollowScene.run { scene in
      for number in 1...4 { try await scene.write("s\(number)", message: "\"quoted\" \u{7f} \n é") }
      for number in 1...3 { try await scene.complete("c\(number)", content: "bytes \(number)") }
      let report = try await export(scene, page: page)
      try await scene.requireAgreement()
      #expect(report.written.count == 7 && report.archives == 3 && report.same.isEmpty)
      #expect(report.isComplete && report.unknown.isEmpty)
      // A second time nothing is written.
      let again = try await export(scene, page: page)
      #expect(again.written.isEmpty && again.archives == 0 && again.same.count == 7 && again.isComplete)
    }
  }

  @Test("What is newer stays and is named; what is older is written over; what nobody knows is named")
  func existing() async throws {
    try await FollowScene.run { scene in
      try await scene.write("newer", message: "row", at: "'2026-01-01T00:00:00Z'")
      try await scene.write("older", message: "row", at: "'2026-01-01T00:00:00Z'")
      try scene.plant("newer", at: "2026-01-01T00:00:00.001Z")
      try scene.plant("older", at: "2025-12-31T23:59:59.999Z")
      try scene.plant("unknown", at: "2025-01-01T00:00:00.000Z")
      let report = try await export(scene)
      #expect(report.newer == [Slug("newer")!] && report.unknown == [Slug("unknown")!])
      #expect(report.written == [Slug("older")!] && !report.isComplete)
      let held = try scene.held()
      #expect(
        held["newer"]?.message == "old" && held["older"]?.message == "row" && held["unknown"]?.message == "old")
    }
  }

  @Test("What cannot be written is named, and the others are written")
  func failures() async throws {
    try await FollowScene.run { scene in
      try await scene.complete("lost", content: "gone", stored: false)
      try await scene.complete("fine", content: "there")
      try await scene.write("no/name")
      let report = try await export(scene)
      #expect(report.failed.keys.sorted().map(\.text) == ["lost", "no/name"])
      #expect(report.failed[Slug("lost")!]?.hasPrefix("there is no ") == true)
      #expect(report.written == [Slug("fine")!] && !report.isComplete)
      #expect(try scene.held().keys.sorted() == ["fine"])
    }
  }

  @Test("What changes meanwhile is written afterwards")
  func meanwhile() async throws {
    try await FollowScene.run { scene in
      for slug in ["b", "c", "d", "e"] { try await scene.write(slug, message: "before") }
      try scene.folder.makeFolder("legacy")
      let export = DirectoryExport(
        store: scene.store, artifacts: scene.artifacts, directory: scene.directory, page: 1)
      var pages = 0
      let report = try await export.run { _ in
        pages += 1
        guard pages == 2 else { return }
        // Before the page, behind it, one that is gone, one that is new on the far side.
        try? await scene.write("b", message: "after")
        try? await scene.complete("e", content: "after")
        _ = try? await scene.lines("delete from example_bundle_status where slug = 'c'")
        try? await scene.write("a", message: "after")
      }
      try await scene.requireAgreement()
      #expect(report.isComplete && report.aside == [Slug("c")!] && report.archives == 1)
      #expect(try scene.held().keys.sorted() == ["a", "b", "d", "e"])
    }
  }

  @Test("Archives of any size are copied whole", arguments: [1, 1 << 20, (1 << 20) + 1, 5 << 20])
  func sizes(size: Int) async throws {
    try await FollowScene.run { scene in
      try await scene.complete("a", content: String(repeating: "0123456789abcdef", count: size / 16 + 1))
      #expect(try await export(scene).isComplete)
      try await scene.requireAgreement()
    }
  }
}
