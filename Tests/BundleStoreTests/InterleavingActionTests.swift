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

  @Test("names every statement of the store that changes jobs")
  func all() async throws {
    try await StoreFixture.with { fixture in
      let known = Set(try Self.lines().map(\.file)).union([
        // The same transaction as `enqueue`, with a descriptor.
        "enqueue_any.sql",
        // Ends a job as `complete` does, and takes its row away: see FenceTests and the conformance of all modes.
        "complete_in_files.sql",
        // Asks for an interrupted bundle as `enqueue` does, under the lock of its status: see ImportTests.
        "import.sql",
      ])
      let writers = try await Self.writers(fixture)
      #expect(writers.count >= 8)
      let folder = "\(TestTools.repository)/Sources/BundleStore/SQL"
      for file in try FileManager.default.contentsOfDirectory(atPath: folder) where !known.contains(file) {
        let sql = try Self.read("Sources/BundleStore/SQL/\(file)")
        #expect(!Self.changesJobs(sql, writers), "\(file) is no action of Tests/Model/actions.txt")
      }
    }
  }

  /// The functions that change jobs, by themselves or through another one.
  private static func writers(_ fixture: StoreFixture) async throws -> Set<String> {
    let functions = try await fixture.sql(
      "select proname::text, prosrc from pg_proc where proname like 'bundletop\\_%'"
    ).map { row in (name: try row.decode(at: 0, as: String.self), body: try row.decode(at: 1, as: String.self)) }
    var writers: Set<String> = []
    while true {
      let more = functions.filter { !writers.contains($0.name) && changesJobs($0.body, writers) }
      if more.isEmpty { return writers }
      writers.formUnion(more.map(\.name))
    }
  }

  private static func changesJobs(_ sql: String, _ writers: Set<String>) -> Bool {
    let code = sql.split(separator: "\n").map {
      $0.prefix(upTo: $0.firstRange(of: "--")?.lowerBound ?? $0.endIndex)
    }
    .joined(separator: " ").lowercased()
    let words = code.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" })
    let writes = zip(words, words.dropFirst()).contains { word, next in
      ["update", "into"].contains(word) && next == "example_bundle_jobs"
        || word == "from" && next == "example_bundle_jobs" && words.contains("delete")
    }
    return writes || words.contains { writers.contains(String($0)) }
  }
}
