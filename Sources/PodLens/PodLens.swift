internal import BundleModel
internal import JSON

/// Compares what each pod serves with what the database holds, round after round. No clock, no input or output.
///
/// A pod that is asked while bundles change answers another state than the one seen before or after. So a row counts
/// as wrong only where the database said the same of it before and after the pod was asked, and the pod, whose answer
/// names its snapshot, is behind only as long as it lacks what the database showed before. What lasts longer than
/// `patience` is different.
package struct PodLens: Sendable {
  /// How long a difference may last.
  package static let patience = Duration.seconds(1)
  /// The longest time for which a pod that reports of itself may lack a change: three of its reports.
  package static let reportPatience = Duration.seconds(15)

  /// One look at the database.
  private struct Look: Sendable {
    var at: Duration
    var checksum: Checksum
    var snapshot: DatabaseSnapshot?
  }

  /// The looks of the last minute.
  private var looks: [Look] = []
  /// Since when a pod serves which rows wrongly; the empty slug is the list as a whole.
  private var wrong: [String: [String: Duration]] = [:]

  /// Since when a pod that reads its directory may lack something: what the database showed before was there.
  private var rightAt: [String: Duration] = [:]
  private let filedNames: Set<String>

  /// - Parameter filedNames: the fields that a pod's files hold: nothing else is compared where it reads those.
  package init(filedNames: Set<String> = []) { self.filedNames = filedNames }

  /// Judges every pod of a round.
  package mutating func judge(_ round: LensRound) -> [PodVerdict] {
    looks.removeAll { $0.at < round.at - .seconds(60) }
    looks.append(Look(at: round.at, checksum: round.before.checksum, snapshot: round.before.snapshot))
    var held = HeldRows(round, filedNames: filedNames)
    return round.pods.map { pod in
      switch pod.finding {
      case .unreachable(let why): return PodVerdict(id: pod.id, source: .none, state: .unreachable(why))
      case .served(let list): return judge(list, of: pod.id, round, &held)
      case .selfReported(let checksum, let unseen): return judge(checksum, unseen: unseen, of: pod.id, round)
      }
    }
  }

  private mutating func judge(
    _ checksum: Checksum, unseen: Duration?, of id: String, _ round: LensRound
  ) -> PodVerdict {
    func verdict(_ state: PodVerdict.State) -> PodVerdict {
      PodVerdict(id: id, source: .selfReported, state: state)
    }
    // A pod that reads its directory publishes what its files hold.
    let held = [round.before.checksum, round.after.checksum, round.before.filed, round.after.filed]
    if held.contains(checksum) {
      wrong[id] = nil
      return verdict(.equal)
    }
    if let unseen {
      wrong[id] = nil
      return verdict(unseen < Self.reportPatience ? .behind(unseen) : .different(unseen))
    }
    // It has seen every change, and yet other bytes.
    return verdict(state(of: id, wrong: [""], unsettled: [], at: round.at))
  }

  private mutating func judge(
    _ list: ServedList, of id: String, _ round: LensRound, _ held: inout HeldRows
  ) -> PodVerdict {
    func verdict(_ state: PodVerdict.State, _ difference: RowDifference? = nil) -> PodVerdict {
      PodVerdict(id: id, source: .served, state: state, difference: difference)
    }
    func equal() -> PodVerdict {
      rightAt[id] = round.at
      return verdict(.equal)
    }
    if list.checksum == round.before.checksum || list.checksum == round.after.checksum {
      wrong[id] = nil
      return equal()
    }
    guard let rows = list.rows() else {
      return verdict(.unreachable("its answer is not a status list"))
    }
    let found = held.compare(rows, readFrom: list.side)
    if let lag = lag(of: list, id, at: round.at) {
      // Some of what it lacks may have changed nothing.
      guard let first = found.wrong.first ?? found.odd.first else {
        wrong[id] = nil
        return equal()
      }
      wrong[id] = nil
      return verdict(
        lag < Self.patience ? .behind(lag) : .different(lag), held.difference(first, rows, readFrom: list.side))
    }
    guard let first = found.wrong.first else {
      // Between the two looks anything may have been right for a moment, when the answer is not older than the first.
      wrong[id] = wrong[id]?.filter { found.unsettled.contains($0.key) }
      return equal()
    }
    return verdict(
      state(of: id, wrong: found.wrong, unsettled: found.unsettled, at: round.at),
      held.difference(first, rows, readFrom: list.side))
  }

  /// For how long an answer has lacked what the database showed; nil when it lacks nothing of what it showed before.
  private func lag(of list: ServedList, _ id: String, at now: Duration) -> Duration? {
    guard let snapshot = list.snapshot, let newest = looks.last?.snapshot, !snapshot.includes(newest) else {
      return nil
    }
    // What it serves may have been right until later than its snapshot says, where nothing changed meanwhile.
    var lacking = looks[...]
    if let same = looks.lastIndex(where: { $0.checksum == list.checksum }) { lacking = looks[(same + 1)...] }
    // Files have bytes of their own, so a list of them is known again by what was found of it.
    if list.side == .directory, let right = rightAt[id] { lacking = lacking.drop { $0.at <= right } }
    let first = lacking.first { look in look.snapshot.map { !snapshot.includes($0) } ?? false }
    return first.map { now - $0.at } ?? .zero
  }

  /// Notes which rows are wrong now, and says for how long any of them has been.
  private mutating func state(
    of id: String, wrong now: [String], unsettled: Set<String>, at moment: Duration
  ) -> PodVerdict.State {
    let earlier = wrong[id] ?? [:]
    var since = earlier.filter { unsettled.contains($0.key) }
    for slug in now { since[slug] = earlier[slug] ?? moment }
    wrong[id] = since
    let age = moment - (now.compactMap { since[$0] }.min() ?? moment)
    return age < Self.patience ? .behind(age) : .different(age)
  }
}
