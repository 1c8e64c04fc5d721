internal import Synchronization

/// What became of each boundary under each fault, printed when all are known.
enum CrashTable {
  struct Cell: Sendable {
    var boundary: Boundary
    /// How the attempts ended, and the seconds from the fault to the end of the job.
    var text: String
  }

  private struct State {
    var rows: [String: [Cell]] = [:]
    var finished = 0
  }

  private static let state = Mutex(State())

  /// Adds a row.
  static func add(_ fault: Fault, _ cells: [Cell]) {
    state.withLock { $0.rows[fault.rawValue] = cells }
  }

  /// One fault is through, however it went; the last one prints.
  static func finished() {
    let rows = state.withLock { state -> [String: [Cell]]? in
      state.finished += 1
      return state.finished == Fault.allCases.count ? state.rows : nil
    }
    if let rows { print(text(rows)) }
  }

  private static func text(_ rows: [String: [Cell]]) -> String {
    var lines = ["crash matrix: how the attempts ended, and seconds from the fault to the end of the job"]
    let header = [""] + Boundary.allCases.map(\.rawValue)
    let body = Fault.allCases.map { fault in
      [fault.rawValue]
        + Boundary.allCases.map { boundary in
          rows[fault.rawValue]?.first { $0.boundary == boundary }?.text ?? "-"
        }
    }
    let table = [header] + body
    let widths = header.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    for row in table {
      lines.append(
        zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  "))
    }
    return lines.joined(separator: "\n")
  }
}
