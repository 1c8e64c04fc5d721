internal import BundleModel
internal import Postgres

/// What a function of `Schema/` answers: one row with a word for what became of the request.
struct FunctionAnswer<Outcome: RawRepresentable<String>> {
  let outcome: Outcome
  private let row: Row

  /// - Parameter request: what was asked for, as errors name it: `an enqueue`.
  init(_ rows: Rows, to request: String) throws {
    guard let row = rows.first else { throw StoreError(.corrupt, "the database did not answer \(request)") }
    let word: String = try row.decode("outcome")
    guard let outcome = Outcome(rawValue: word) else {
      throw StoreError(.corrupt, "the database answered \(request) with \(UntrustedText.line(word))")
    }
    self.outcome = outcome
    self.row = row
  }

  /// Why it was refused, or what else to know.
  var reason: String? { get throws { try row.decode("reason") } }

  /// The job that it is about.
  var job: JobID? { get throws { try row.decode("job_id", as: String?.self).map(JobID.init) } }

  /// The attempt that it is about.
  var attempt: Int? { get throws { try row.decode("attempt") } }
}
