package import BundleModel

/// What is known of one pod in one round.
package struct PodReport: Sendable {
  package enum Finding: Sendable {
    /// Asked between the two looks at the database, and this is what came.
    case served(ServedList)
    /// Not reached; what it read of itself lately. `unseen`: the age of the oldest change that its snapshot does not
    /// contain, asked of the database after both looks; nil when it contains all.
    case selfReported(Checksum, unseen: Duration?)
    /// Not reached, and it told nothing of itself lately.
    case unreachable(String)
  }

  /// What tells it from the others.
  package var id: String
  package var finding: Finding

  package init(id: String, finding: Finding) {
    self.id = id
    self.finding = finding
  }
}

/// One comparison: what the database held before the pods were asked and after, and what they said in between.
package struct LensRound: Sendable {
  /// When the round began, by a clock that only grows.
  package var at: Duration
  package var before: ServedList
  package var after: ServedList
  package var pods: [PodReport]

  package init(at: Duration, before: ServedList, after: ServedList, pods: [PodReport]) {
    self.at = at
    self.before = before
    self.after = after
    self.pods = pods
  }
}

/// What a round says of one pod.
package struct PodVerdict: Equatable, Sendable {
  package enum State: Equatable, Sendable {
    case equal
    /// It differs, for so long, which is shorter than a difference may last.
    case behind(Duration)
    /// It differs, and has for so long.
    case different(Duration)
    case unreachable(String)
  }

  package enum Source: String, Sendable {
    /// Its own answer.
    case served
    /// What it says of itself.
    case selfReported = "self-reported"
    case none
  }

  package var id: String
  package var source: Source
  package var state: State
  /// Where it differs; nil where it does not, or where only digests are known.
  package var difference: RowDifference?
}
