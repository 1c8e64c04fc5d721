import BundleModel
import Postgres
import Synchronization
import TestSupport

@testable import BundleStore

/// What one of two connections does, one transaction after the other.
struct InterleavedProgram: Sendable, CustomStringConvertible {
  enum Step: Sendable, Equatable {
    /// Begins, and takes the lock on the bundle's objects.
    case lock(Int)
    /// The statement of an action; begins where nothing has begun.
    case act(Int)
    case commit(Int)
  }

  let actions: [InterleavedAction]
  let steps: [Step]

  init(_ actions: InterleavedAction...) {
    self.actions = actions
    steps = actions.indices.flatMap { index in
      (actions[index].locksPublication ? [Step.lock(index)] : []) + [.act(index), .commit(index)]
    }
  }

  var description: String { actions.map(\.description).joined(separator: ", ") }
}

/// What happened in one order of the steps.
struct InterleavingTrace: Sendable {
  struct Done: Sendable {
    var answer: LifeTransition.Answer?
    /// What the server said instead of an answer.
    var error: PostgresError?
    /// Steps, counted from the first: when it was sent, and when it was committed.
    var sent = 0
    var committed = Int.max
    /// The other connection had a transaction open when it was sent.
    var metOther = false
    /// The transaction, if it wrote or locked anything.
    var transaction: String?
  }

  /// Which connections could go on, and which one did.
  var choices: [(possible: [Int], taken: Int)] = []
  var done: [[Done]]
  /// Steps that waited for the other connection's transaction.
  var blocked = 0
  /// Both waited for each other.
  var deadlocks = 0

  /// No transaction wrote anything or locked a row, and all were sent.
  var isIdle: Bool { done.joined().allSatisfy { $0.transaction == nil && $0.error == nil } }

  /// The steps as they were taken, such as `AABB`.
  var order: String { choices.map { $0.taken == 0 ? "A" : "B" }.joined() }
}

/// Two connections that do steps in an order that is given, and a third one that looks.
struct InterleavingArena: Sendable {
  let connections: [Connection]
  private let processes: [Int32]
  let look: Connection
  /// Statements other than the store's own, for mutations.
  var replacements: [StoreAction: String] = [:]

  init(_ fixture: StoreFixture) async throws {
    connections = [try await fixture.connect(), try await fixture.connect()]
    var processes: [Int32] = []
    for connection in connections {
      guard let process = await connection.backendPID else { throw TestSupportError("a connection is closed") }
      processes.append(process)
    }
    self.processes = processes
    look = fixture.raw
  }

  func close() async {
    for connection in connections { await connection.close() }
  }

  /// A statement under way, and its end.
  private final class Pending: Sendable {
    private let result = Mutex<Result<Rows, PostgresError>?>(nil)
    var ended: Result<Rows, PostgresError>? { result.withLock { $0 } }
    func end(_ ended: Result<Rows, PostgresError>) { result.withLock { $0 = ended } }
  }

  private struct Waiting {
    let pending: Pending
    let task: Task<Void, Never>
    let action: Int
  }

  /// Takes the steps of two programs; `prefix` says who goes first, then the first one that can go on does.
  func run(_ programs: [InterleavedProgram], on slug: Slug, _ jobs: [JobID], prefix: [Int]) async throws
    -> InterleavingTrace
  {
    var trace = InterleavingTrace(done: programs.map { $0.actions.map { _ in .init() } })
    var next = [0, 0]
    var isOpen = [false, false]
    var waiting: [Waiting?] = [nil, nil]
    while true {
      let possible = [0, 1].filter { waiting[$0] == nil && next[$0] < programs[$0].steps.count }
      guard let first = possible.first else { break }
      let depth = trace.choices.count
      let taken = depth < prefix.count ? prefix[depth] : first
      guard possible.contains(taken) else {
        throw TestSupportError("\(programs) are not repeatable: \(prefix) after \(trace.order)")
      }
      trace.choices.append((possible, taken))
      let other = 1 - taken
      let step = programs[taken].steps[next[taken]]
      next[taken] += 1
      switch step {
      case .lock(let index), .act(let index):
        let action = programs[taken].actions[index]
        if case .act = step {
          trace.done[taken][index].sent = depth
          trace.done[taken][index].metOther = isOpen[other]
        }
        let begun = isOpen[taken]
        isOpen[taken] = true
        let statement = try statement(step, action, slug, jobs)
        let sent = send(statement, on: connections[taken], begin: !begun)
        let current = Waiting(pending: sent.0, task: sent.1, action: index)
        if !isOpen[other] { await current.task.value }
        var end = sent.0.ended
        while end == nil, try await !isBlocked(taken, by: other) { end = sent.0.ended }
        end = end ?? sent.0.ended
        if let end {
          try finish(end, step, action, &trace.done[taken][index])
          if trace.done[taken][index].error != nil {
            try await connections[taken].script("rollback")
            isOpen[taken] = false
            next[taken] = programs[taken].steps.firstIndex(of: .commit(index))! + 1
          }
        } else {
          trace.blocked += 1
          waiting[taken] = current
        }
      case .commit(let index):
        trace.done[taken][index].transaction = try await commit(connections[taken])
        trace.done[taken][index].committed = depth
        isOpen[taken] = false
      }
      // Whoever has waited for the other cannot do so any more once that one has nothing open; if each waits for the
      // other, the server ends one of them.
      guard let freed = [0, 1].first(where: { waiting[$0] != nil && (!isOpen[1 - $0] || waiting[1 - $0] != nil) })
      else { continue }
      let both = waiting[0] != nil && waiting[1] != nil
      if both { trace.deadlocks += 1 }
      for one in both ? [0, 1] : [freed] {
        guard let current = waiting[one] else { continue }
        await current.task.value
        waiting[one] = nil
        guard let end = current.pending.ended else { throw TestSupportError("a statement did not end") }
        let step = programs[one].steps[next[one] - 1]
        try finish(end, step, programs[one].actions[current.action], &trace.done[one][current.action])
        if trace.done[one][current.action].error != nil {
          isOpen[one] = false
          next[one] = programs[one].steps.firstIndex(of: .commit(current.action))! + 1
          try await connections[one].script("rollback")
        }
      }
    }
    return trace
  }

  private func statement(
    _ step: InterleavedProgram.Step, _ action: InterleavedAction, _ slug: Slug, _ jobs: [JobID]
  )
    throws -> Statement
  {
    if case .lock = step { return Statement(SQLText.lockPublication, [.text(slug.text), .interval(.seconds(60))]) }
    let kind = try action.action
    return Statement(replacements[kind] ?? kind.sql, try action.parameters(slug, jobs))
  }

  private func send(_ statement: Statement, on connection: Connection, begin: Bool) -> (Pending, Task<Void, Never>)
  {
    let pending = Pending()
    let task = Task {
      do throws(PostgresError) {
        let rows = try await connection.pipeline((begin ? [Statement("begin")] : []) + [statement])
        pending.end(.success(rows[rows.count - 1]))
      } catch {
        pending.end(.failure(error))
      }
    }
    return (pending, task)
  }

  private func finish(
    _ end: Result<Rows, PostgresError>, _ step: InterleavedProgram.Step, _ action: InterleavedAction,
    _ done: inout InterleavingTrace.Done
  ) throws {
    switch end {
    case .success(let rows):
      if case .act = step { done.answer = try action.answer(rows) }
    case .failure(let error): done.error = error
    }
  }

  /// True while a statement of one connection waits for a lock of the other: what the server says, never the time.
  private func isBlocked(_ one: Int, by other: Int) async throws -> Bool {
    let rows = try await look.query(
      "select $1::int = any(pg_blocking_pids($2::int))",
      [.integer(Int64(processes[other])), .integer(Int64(processes[one]))])
    return try rows.first?.decode(at: 0, as: Bool.self) ?? false
  }

  private func commit(_ connection: Connection) async throws -> String? {
    let rows = try await connection.pipeline([
      Statement("select pg_current_xact_id_if_assigned()::text"), Statement("commit"),
    ])
    return try rows[0].first?.decode(at: 0, as: String?.self)
  }
}
