internal import BundleModel
internal import BundleStore
internal import HTTPTransport
internal import Hashing
internal import Persistence
internal import PodLens
internal import Wire

/// Asks the pods and the database, round after round, for a `PodLens` to judge.
struct PodComparison: Sendable {
  /// Between two rounds.
  static let pause = Duration.milliseconds(200)
  /// For how long a difference is looked at: until it has lasted as long as one may, and a round more.
  private static let sight = PodLens.patience + .milliseconds(500)
  /// How old a pod's report of itself may be.
  private static let reportAge = Duration.seconds(15)
  /// Bytes of a list: a few hundred thousand bundles.
  private static let listLimit = 256 << 20

  let store: BundleStore
  let pods: PodClient
  /// What links begin with; nil: as the pod says that was here first.
  let publicURL: String?
  private var lens = PodLens(filedNames: WireStatus.filedNames)
  private let begin = ContinuousClock.now

  init(store: BundleStore, pods: PodClient, publicURL: String?) {
    self.store = store
    self.pods = pods
    self.publicURL = publicURL
  }

  /// Compares until every pod is equal, or a difference has lasted.
  func settled() async throws -> ComparisonReport {
    var comparison = self
    while true {
      let report = try await comparison.round()
      guard report.isUnsettled, ContinuousClock.now - begin < Self.sight else { return report }
      try await Task.sleep(for: Self.pause)
    }
  }

  /// Compares once.
  mutating func round() async throws -> ComparisonReport {
    let crew = try await store.crew()
    let live = crew.pods.filter { $0.presence == .live }
    let base = publicURL ?? live.min { $0.startedAt < $1.startedAt }?.publicURL
    let at = ContinuousClock.now - begin
    let before = try await held(base)
    let answers = await askAll()
    let after = try await held(base)
    let subjects = try await subjects(live, crew, answers)
    let round = LensRound(
      at: at, before: before.list, after: after.list,
      pods: subjects.map { PodReport(id: $0.id, finding: $0.finding) })
    let verdicts = lens.judge(round)
    return ComparisonReport(
      zip(subjects, verdicts).map { ComparedPod($0, $1) }, after.list, snapshot: after.snapshot)
  }

  /// One line of the report: a live pod, or an address that is none's.
  struct Subject {
    var id: String
    var pod: Pod?
    var origin: HTTPOrigin?
    var finding: PodReport.Finding
  }

  private struct Answer: Sendable {
    var origin: HTTPOrigin
    /// The process that answered, as it says.
    var owner: String?
    /// Or why there is none.
    var list: Result<ServedList, CommandFailure>
  }

  private func held(_ base: String?) async throws -> (list: ServedList, snapshot: String) {
    let served = try await store.servedStatuses()
    var list = Self.list(WireStatus.list(served.statuses, publicURL: base), served.snapshot)
    list.filed = FiledDigest(served.statuses).checksum
    return (list, served.snapshot)
  }

  private static func list(_ body: [UInt8], _ snapshot: String?) -> ServedList {
    let hash = SHA256()
    body.withUnsafeBytes { hash.update($0) }
    return ServedList(
      checksum: hash.finishChecksum(), body: body, snapshot: snapshot.flatMap { DatabaseSnapshot($0) })
  }

  private func askAll() async -> [Answer] {
    await withTaskGroup { group in
      for origin in Set(pods.origins) { group.addTask { [pods] in await Self.ask(pods, origin) } }
      var answers: [Answer] = []
      for await answer in group { answers.append(answer) }
      return answers.sorted { "\($0.origin)" < "\($1.origin)" }
    }
  }

  private static func ask(_ pods: PodClient, _ origin: HTTPOrigin) async -> Answer {
    do {
      let response = try await pods.send(
        .get, "/examples/bundles/status", to: origin, limit: listLimit, deadline: .seconds(10))
      let owner = response.headers["bundle-pod"]
      guard response.status == 200 else {
        return Answer(origin: origin, owner: owner, list: .failure(PodClient.failure(response, origin)))
      }
      var list = list(response.body, response.headers["bundle-snapshot"])
      // A pod of an earlier version says nothing, and reads the database.
      list.side = response.headers["bundle-reads"].flatMap { ReadSide(rawValue: $0) } ?? .database
      return Answer(origin: origin, owner: owner, list: .success(list))
    } catch {
      let failure = CommandFailure(explaining: error) ?? CommandFailure(.unavailable, "cannot be asked")
      return Answer(origin: origin, list: .failure(failure))
    }
  }

  /// Every live pod once, by the answer of its own process; then the addresses that are no live pod's.
  private func subjects(_ live: [Pod], _ crew: Crew, _ answers: [Answer]) async throws -> [Subject] {
    var left = answers
    var subjects: [Subject] = []
    for pod in live {
      let own = pod.url.flatMap { HTTPOrigin($0) }
      if let index = left.firstIndex(where: { $0.owner == pod.owner.text })
        ?? left.firstIndex(where: { $0.origin == own })
      {
        let answer = left.remove(at: index)
        subjects.append(
          Subject(
            id: pod.owner.text, pod: pod, origin: answer.origin,
            finding: try await finding(answer.list, of: pod, crew.clock)))
      } else {
        let why = pod.url == nil ? "it serves no HTTP, or not where others know" : "not among the pods to ask"
        let failure = CommandFailure(.unavailable, why)
        subjects.append(
          Subject(id: pod.owner.text, pod: pod, finding: try await finding(.failure(failure), of: pod, crew.clock)))
      }
    }
    for answer in left {
      // A pod that is gone cannot answer; everybody knows that already.
      let isGone = crew.pods.contains { pod in
        pod.presence != .live && pod.url.flatMap { HTTPOrigin($0) } == answer.origin
      }
      switch answer.list {
      case .success(let list):
        subjects.append(Subject(id: "\(answer.origin)", origin: answer.origin, finding: .served(list)))
      case .failure where isGone: break
      case .failure(let failure):
        subjects.append(
          Subject(id: "\(answer.origin)", origin: answer.origin, finding: .unreachable(failure.message ?? "")))
      }
    }
    return subjects
  }

  /// What a pod serves, else what it says of itself.
  private func finding(
    _ answer: Result<ServedList, CommandFailure>, of pod: Pod, _ now: Timestamp
  ) async throws -> PodReport.Finding {
    switch answer {
    case .success(let list): return .served(list)
    case .failure(let failure):
      guard let digest = pod.digest, now.since(digest.at) < Self.reportAge else {
        return .unreachable(failure.message ?? "")
      }
      return .selfReported(digest.checksum, unseen: try await store.oldestChange(unseenIn: digest.snapshot))
    }
  }
}
