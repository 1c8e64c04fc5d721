/// How far a pod's directory is with what the database says, as the pod publishes it (`following` of its row).
package enum Following: Equatable, Sendable {
  /// It holds whatever this snapshot sees (`pg_snapshot` as text).
  case inStep(snapshot: String)
  /// Rows or archives are on their way.
  case behind
  /// Something could not be written: what and why, in one line. It is tried again.
  case failed(String)

  /// As it is published: `in step at 12:15:13`, `behind`, `failed: …`.
  package var text: String {
    switch self {
    case .inStep(let snapshot): Following.step + snapshot
    case .behind: "behind"
    case .failed(let reason): Following.failure + reason
    }
  }

  /// Reads what was published; nil for anything else.
  package init?(_ text: String) {
    if text.hasPrefix(Following.step), DatabaseSnapshot(String(text.dropFirst(Following.step.count))) != nil {
      self = .inStep(snapshot: String(text.dropFirst(Following.step.count)))
    } else if text.hasPrefix(Following.failure) {
      self = .failed(String(text.dropFirst(Following.failure.count)))
    } else if text == "behind" {
      self = .behind
    } else {
      return nil
    }
  }

  private static let step = "in step at "
  private static let failure = "failed: "
}
