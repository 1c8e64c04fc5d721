/// The state of a job. Only a job can be `cancelled`; its bundle then reads as failed.
package enum JobState: String, CaseIterable, Sendable {
  case queued, running, completed, failed, cancelled

  /// True when nothing will happen to the job any more.
  package var isTerminal: Bool {
    switch self {
    case .queued, .running: false
    case .completed, .failed, .cancelled: true
    }
  }
}
