import ArtifactStorage
import BundleModel
import S3Stub
import TestSupport
import Testing

@testable import S3

/// Every fault against every operation: each cell ends in a right result or in one clear error, and leaves nothing
/// behind. The table is printed at the end.
@Suite struct FaultMatrixTests {
  private struct Cell: Sendable {
    var text: String
    var problems: [String] = []
  }

  @Test(.timeLimit(.minutes(5))) func everyFaultMeetsEveryOperation() async throws {
    let elsewhere = try S3Stub()
    defer { elsewhere.stop() }
    let rows = FaultRow.all(elsewhere: elsewhere.port)
    let columns = FaultColumn.allCases
    let places = rows.indices.flatMap { row in columns.indices.map { (row, $0) } }
    var cells: [[Cell]] = rows.map { _ in columns.map { _ in Cell(text: "") } }
    try await withThrowingTaskGroup(of: (Int, Int, Cell).self) { group in
      var waiting = places[...]
      func add() {
        guard let (row, column) = waiting.popFirst() else { return }
        group.addTask { (row, column, try await cell(rows[row], columns[column])) }
      }
      for _ in 0..<16 { add() }
      while let (row, column, cell) = try await group.next() {
        cells[row][column] = cell
        add()
      }
    }
    print(table(rows.map(\.name), columns.map(\.rawValue), cells.map { $0.map(\.text) }))
    for (row, line) in zip(rows, cells) {
      for (column, cell) in zip(columns, line) where !cell.problems.isEmpty {
        Issue.record("\(row.name), \(column.rawValue): \(cell.text): \(cell.problems.joined(separator: "; "))")
      }
    }
    #expect(elsewhere.connections == 0, "a redirect was followed")
  }

  private func cell(_ row: FaultRow, _ column: FaultColumn) async throws -> Cell {
    guard !row.without.contains(column) else { return Cell(text: "-") }
    var settings = S3Stub.Settings()
    settings.minimumPartSize = 1
    row.settings(&settings)
    let stub = try S3Stub(settings)
    defer { stub.stop() }
    if let fault = row.fault { stub.fail(column.operation, times: row.times, with: fault) }
    if let then = row.then { stub.fail(column.operation, with: then) }
    var maker = StubClient(stub)
    maker.limits = CallLimits(
      response: .milliseconds(1500), stall: .seconds(1), total: .seconds(10),
      retry: RetryPolicy(maxAttempts: 4, base: .milliseconds(10), cap: .milliseconds(60), maxResumptions: 10))
    let lab = try FaultLab(stub, maker.make())
    if column.needsObject { lab.prepare() }
    do {
      var cell = Cell(text: "ok", problems: try await lab.run(column))
      let tries = stub.requests.count { $0.operation == column.operation }
      let needed = column == .part ? 3 : column == .storeHead ? 2 : 1
      if tries > needed { cell.text = "ok, \(tries) tries" }
      cell.problems += try await lab.traces(column, failed: false)
      if row.demand == .failure { cell.problems.append("it should have failed") }
      return cell
    } catch {
      var cell = Cell(text: word(for: error), problems: problems(of: error))
      cell.problems += try await lab.traces(column, failed: true)
      if row.demand == .success { cell.problems.append("it should have worked: \(error)") }
      if stub.requests.count > 40 { cell.problems.append("\(stub.requests.count) requests") }
      return cell
    }
  }

  private func word(for error: any Error) -> String {
    switch error {
    case let error as S3Error: error.kind.rawValue
    case let error as StorageError: error.kind.rawValue
    default: "\(error)"
    }
  }

  /// What an error must not be: silent, long, of several lines or full of secrets.
  private func problems(of error: any Error) -> [String] {
    let text = "\(error)"
    var problems: [String] = []
    if text.utf8.count > 1000 || text.contains("\n") { problems.append("not one line") }
    if !text.contains("127.0.0.1") && error is S3Error { problems.append("it does not say where") }
    if text.contains(StubClient.secret) || text.contains("Signature=") { problems.append("it tells a secret") }
    return problems
  }

  private func table(_ rows: [String], _ columns: [String], _ cells: [[String]]) -> String {
    let lines = [["fault"] + columns] + zip(rows, cells).map { [$0] + $1 }
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    let text = lines.map { line in
      zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
    }
    return "The fault matrix\n" + text.joined(separator: "\n")
  }
}
