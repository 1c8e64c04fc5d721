import FoundationEssentials
import Postgres
import TestSupport
import Testing

@testable import BundleStore

/// `Tests/Model/actions.txt` is what the model and the interleavings have in common.
@Suite("The list of actions")
struct InterleavingActionTests {
  private struct Line {
    var action, file, function: String
  }

  private static func read(_ path: String) throws -> String {
    try String(contentsOfFile: "\(TestTools.repository)/\(path)", encoding: .utf8)
  }

  private static func lines() throws -> [Line] {
    try read("Tests/Model/actions.txt").split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let fields = line.split(separator: "|").map { $0.split(separator: " ").joined(separator: " ") }
      try #require(fields.count == 5, "\(line)")
      return Line(action: fields[0], file: fields[2], function: fields[3])
    }
  }

  @Test("is driven by the interleavings, and each has its statement and its function")
  func complete() async throws {
    let lines = try Self.lines()
    #expect(lines.map(\.action).sorted() == StoreAction.allCases.map(\.rawValue).sorted())
    let driven = Set(try InterleavingStart.allCases.flatMap(\.actions).map { try $0.action })
    #expect(driven == Set(StoreAction.allCases))
    try await StoreFixture.with { fixture in
      for line in lines {
        let action = try #require(StoreAction(rawValue: line.action))
        #expect(try Self.read("Sources/BundleStore/SQL/\(line.file)") == action.sql, "\(line.action)")
        guard line.function != "-" else { continue }
        #expect(action.sql.contains(line.function))
        let known = try await fixture.value(
          "select count(*) from pg_proc where proname = $1", [.text(line.function)], as: Int.self)
        #expect(known == 1, "\(line.function)")
      }
    }
  }

  /// The same transaction as another action, or nothing that changes a job.
  private static let others = [
    "enqueue_any.sql", "pause.sql", "record_verification.sql", "audit.sql",
  ]

  @Test("names every statement of the store that changes jobs")
  func all() throws {
    let known = Set(try Self.lines().map(\.file)).union(Self.others)
    let folder = "\(TestTools.repository)/Sources/BundleStore/SQL"
    for file in try FileManager.default.contentsOfDirectory(atPath: folder) where !known.contains(file) {
      let sql = try Self.read("Sources/BundleStore/SQL/\(file)").lowercased()
      let words = sql.split(whereSeparator: { !$0.isLetter && $0 != "_" })
      for (word, next) in zip(words, words.dropFirst()) {
        let writes = ["update", "into"].contains(word) && next == "example_bundle_jobs"
        let deletes = word == "from" && next == "example_bundle_jobs" && words.contains("delete")
        let calls = word.hasPrefix("bundletop_") && word != "bundletop_control" && word != "bundletop_migrations"
        #expect(!writes && !deletes && !calls, "\(file): \(word) \(next) is no action of Tests/Model/actions.txt")
      }
    }
  }
}
