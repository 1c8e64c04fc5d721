import BundleModel
import Postgres
import TestSupport

@testable import BundleStore

/// Two programs and where they begin.
struct InterleavingCase: Sendable, CustomStringConvertible {
  let start: InterleavingStart
  let programs: [InterleavedProgram]

  init(_ start: InterleavingStart, _ a: InterleavedProgram, _ b: InterleavedProgram) {
    self.start = start
    programs = [a, b]
  }

  var description: String { "\(start): A \(programs[0]); B \(programs[1])" }

  /// In how many orders the steps could be taken if none waited for another.
  var orders: Int {
    let a = programs[0].steps.count
    let b = programs[1].steps.count
    return (0..<b).reduce(1) { $0 * (a + 1 + $1) / ($1 + 1) }
  }

  /// All pairs of what anybody may do in a state, each with itself, too: the answer of a first one may get lost.
  static func pairs(_ start: InterleavingStart) -> [InterleavingCase] {
    let actions = start.actions
    return actions.indices.flatMap { first in
      actions[first...].map { InterleavingCase(start, InterleavedProgram(actions[first]), InterleavedProgram($0)) }
    }
  }

  /// What is wrong with what happened: nothing, when some serial order of the actions, in which what had committed
  /// before another was sent comes before it, gives the same answers and the same tables.
  func complaint(_ trace: InterleavingTrace, _ end: BundleLife) -> String? {
    if trace.deadlocks > 0 { return "a deadlock" }
    for (program, done) in zip(programs, trace.done) {
      for (action, done) in zip(program.actions, done) {
        if let error = done.error { return "\(action): \(error)" }
        if done.answer == nil { return "\(action) has no answer" }
      }
    }
    if explains(start.life, trace, end, 0, 0) { return nil }
    let answers = zip(programs, trace.done).map { program, done in
      zip(program.actions, done).map { "\($0): \($1.answer.map { "\($0)" } ?? "nothing")" }.joined(separator: ", ")
    }
    return "no serial order gives \(answers.joined(separator: "; ")) and \(end)"
  }

  private func explains(_ life: BundleLife, _ trace: InterleavingTrace, _ end: BundleLife, _ a: Int, _ b: Int)
    -> Bool
  {
    let next = [a, b]
    let isLeft = [0, 1].map { next[$0] < programs[$0].actions.count }
    if !isLeft[0] && !isLeft[1] { return life == end }
    for one in [0, 1] where isLeft[one] {
      let other = 1 - one
      let done = trace.done[one][next[one]]
      if isLeft[other], trace.done[other][next[other]].committed < done.sent { continue }
      let action = programs[one].actions[next[one]]
      let expected = BundleLife.transition(life, action.event)
      if expected.answer == done.answer,
        explains(expected.life, trace, end, a + (one == 0 ? 1 : 0), b + (one == 1 ? 1 : 0))
      {
        return true
      }
      // What the other one has locked is passed over: as if it were not there.
      if action.skipsLocked, done.metOther, done.answer == .refused,
        explains(life, trace, end, a + (one == 0 ? 1 : 0), b + (one == 1 ? 1 : 0))
      {
        return true
      }
    }
    return false
  }
}

/// What came of many interleavings.
struct InterleavingReport: Sendable {
  var pairs = 0
  var interleavings = 0
  /// Orders that would exist if nothing waited.
  var orders = 0
  var blocked = 0
  var outcomes = 0
  var seconds = 0.0
  var complaints: [String] = []

  static func + (one: InterleavingReport, other: InterleavingReport) -> InterleavingReport {
    InterleavingReport(
      pairs: one.pairs + other.pairs, interleavings: one.interleavings + other.interleavings,
      orders: one.orders + other.orders, blocked: one.blocked + other.blocked,
      outcomes: one.outcomes + other.outcomes, seconds: one.seconds + other.seconds,
      complaints: one.complaints + other.complaints)
  }

  /// One line of the table.
  func line(_ name: String) -> String {
    func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let whole = Int(seconds * 10)
    return name + String(repeating: " ", count: max(0, 20 - name.count)) + right("\(pairs)", 6)
      + right("\(orders)", 9) + right("\(interleavings)", 15) + right("\(blocked)", 9) + right("\(outcomes)", 10)
      + right("\(whole / 10).\(whole % 10)", 9)
  }

  static let header = "start                pairs   orders  interleavings  blocked  outcomes  seconds"
}

extension InterleavingArena {
  /// Takes the steps of each case in every order in which they can be taken. All cases begin in the same state.
  ///
  /// - Parameter stopAtFirst: one complaint is enough.
  func explore(_ cases: [InterleavingCase], name: String, stopAtFirst: Bool = false) async throws
    -> InterleavingReport
  {
    var report = InterleavingReport(pairs: cases.count)
    guard let start = cases.first?.start else { return report }
    let began = ContinuousClock.now
    var slugs: [[Slug]] = []
    for (number, one) in cases.enumerated() {
      slugs.append((0..<one.orders).map { Slug("\(name)-\(number)-\($0)")! })
    }
    let jobs = try await start.prepare(slugs.flatMap { $0 }, on: look)
    try await look.script("analyze example_bundle_jobs, example_bundle_attempts, example_bundle_status")
    // By the transactions of those who had lost: they must have written nothing.
    var lost: [String: String] = [:]
    var places: [Slug: String] = [:]
    for (one, slugs) in zip(cases, slugs) {
      report.orders += one.orders
      var outcomes: Set<String> = []
      var traces: [(Slug, InterleavingTrace)] = []
      var ends: [Slug: StoredLives.Entry] = [:]
      var prefix: [Int]? = []
      while let begin = prefix {
        let slug = slugs[traces.count]
        if start.isTakenOneByOne { try await start.takeOne(slug, on: look) }
        let trace = try await run(one.programs, on: slug, jobs[slug] ?? [], prefix: begin)
        traces.append((slug, trace))
        // Two transactions that wrote and locked nothing cannot change what the other does.
        prefix = trace.isIdle ? nil : Self.following(trace)
        if start.isTakenOneByOne || prefix == nil {
          let read = start.isTakenOneByOne ? [slug] : traces.map(\.0)
          ends.merge(try await StoredLives(connection: look, workers: InterleavingOwners.workers).read(read)) { $1 }
          if start.isTakenOneByOne { try await start.leaveOne(slug, on: look) }
        }
      }
      for (slug, trace) in traces {
        report.interleavings += 1
        report.blocked += trace.blocked
        let place = "\(one), order \(trace.order)"
        places[slug] = place
        let end = ends[slug]?.life ?? BundleLife()
        if let complaint = one.complaint(trace, end) { report.complaints.append("\(place): \(complaint)") }
        for done in trace.done.joined() where done.answer == .lost {
          if let transaction = done.transaction { lost[transaction] = place }
        }
        let answers = trace.done.map { $0.map { $0.answer.map { "\($0)" } ?? "error" }.joined(separator: ",") }
        outcomes.insert(
          "\(answers) \(end.jobs.map { "\($0.state) \($0.attempt)" }) \(end.status?.stage.rawValue ?? "")")
      }
      report.outcomes += outcomes.count
      if stopAtFirst && !report.complaints.isEmpty { break }
    }
    report.complaints += try await broken(places)
    report.complaints += try await written(by: lost)
    report.seconds = (ContinuousClock.now - began) / .seconds(1)
    return report
  }

  /// The first steps of the next order in which they can be taken: the last choice that could be another one.
  private static func following(_ trace: InterleavingTrace) -> [Int]? {
    var choices = trace.choices
    while let last = choices.popLast() {
      if last.possible.count == 2, last.taken == 0 { return choices.map(\.taken) + [1] }
    }
    return nil
  }

  /// The rules of `JobInvariants` that do not hold.
  private func broken(_ places: [Slug: String]) async throws -> [String] {
    let rows = try await look.query(JobInvariants.sql, deadline: .seconds(60))
    return try rows.map { row in
      let line = try row.decode(at: 0, as: String.self)
      let place = line.split(separator: " ").last.flatMap { Slug(String($0)) }.flatMap { places[$0] }
      return "\(line) (\(place ?? "?"))"
    }
  }

  /// Rows that were written by transactions which answered that they had lost their job.
  private func written(by lost: [String: String]) async throws -> [String] {
    let tables = ["status", "artifacts", "jobs", "attempts"].map {
      "select xmin::text, '\($0)' from example_bundle_\($0) where xmin::text = any($1::text[])"
    }
    let rows = try await look.query(
      "select xid::text, 'events' from example_bundle_events where xid::text = any($1::text[]) union all "
        + tables.joined(separator: " union all "), [.textArray(Array(lost.keys))], deadline: .seconds(60))
    return try rows.map { row in
      let place = lost[try row.decode(at: 0, as: String.self)] ?? "?"
      return "who had lost wrote to \(try row.decode(at: 1, as: String.self)): \(place)"
    }
  }
}
