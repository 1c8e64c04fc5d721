internal import Glibc
import LocalStack
import TestSupport
import Testing

extension EndToEnd {
  /// Pods that are killed again and again while work comes in. `make chaos` runs the long form of it.
  @Suite struct Chaos {
    @Test func everyJobEndsOnceWhilePodsAreKilledAtRandom() async throws {
      let plan = ChaosPlan()
      try await Cluster.run { cluster in
        let report = try await plan.run(in: cluster)
        print(report)
      }
    }
  }
}

/// How long, how much, and by which dice.
struct ChaosPlan {
  let jobs: Int
  let seconds: Int
  let seed: UInt64
  let pods = ["pod-a", "pod-b", "pod-c"]
  let killEvery = Duration.seconds(2)

  /// CHAOS_JOBS, CHAOS_SECONDS and CHAOS_SEED, else a short form.
  init() {
    func number(_ name: String) -> UInt64? { getenv(name).flatMap { UInt64(String(cString: $0)) } }
    jobs = number("CHAOS_JOBS").map(Int.init) ?? 60
    seconds = number("CHAOS_SECONDS").map(Int.init) ?? 20
    seed = number("CHAOS_SEED") ?? UInt64.random(in: 1...999_999)
  }

  /// Runs it all and looks whether everything is as it must be; returns what there is to tell.
  func run(in cluster: Cluster) async throws -> String {
    print("chaos: \(jobs) jobs, \(pods.count) pods, a kill every \(killEvery) for \(seconds) s; CHAOS_SEED=\(seed)")
    var dice = SeededRandom(seed: seed)
    let slugs = (1...jobs).map { "job-" + String(repeating: "0", count: 4 - String($0).count) + String($0) }
    for slug in slugs { try cluster.writeWorkBundle(slug, tenths: 1 + Int(dice.next() % 15)) }
    let watch = try cluster.startWatch("chaos", "--json")
    var running: [String: PodProcess] = [:]
    for name in pods { running[name] = try await start(name, in: cluster) }

    let begin = ContinuousClock.now
    var asked = 0
    var kills = 0
    while begin.duration(to: .now) < .seconds(seconds) {
      let next = begin + killEvery * (kills + 1)
      // Shortly before the kill, so that there is work to be lost.
      try await wait(for: next - .milliseconds(Int64(dice.next() % 1200)))
      let due = min(jobs, jobs * (kills + 1) * 2 / seconds)
      if due > asked {
        let answer = try await cluster.bundletop(["package"] + slugs[asked..<due])
        guard answer.succeeded else { throw TestSupportError("package: \(answer.errors)") }
        asked = due
      }
      try await wait(for: next)
      let name = pods[Int(dice.next() % UInt64(pods.count))]
      running[name]?.process.kill(SIGKILL)
      _ = await running[name]?.process.waitForExit(within: .seconds(5))
      kills += 1
      running[name] = try await start(name, in: cluster)
    }
    if asked < jobs { _ = try await cluster.bundletop(["package"] + slugs[asked...]) }
    try await cluster.wait(
      "every job has ended", for: ["0"], within: .seconds(90),
      in: "select count(*)::text from example_bundle_jobs where state in ('queued', 'running')")
    let total = begin.duration(to: .now)

    let missing = try await cluster.lines(
      "select slug || ' ' || state || ' ' || coalesce(error, '') from example_bundle_jobs where state <> 'completed'"
    )
    guard missing.isEmpty else { throw TestSupportError("not completed: \(missing.joined(separator: "; "))") }
    try await cluster.requireSound(watch: watch)
    await watch.process.stop()
    // Each start clears up after the dead; the last ones after themselves.
    for name in pods {
      running[name]?.process.kill(SIGTERM)
      guard await running[name]?.process.waitForExit(within: .seconds(60)) == .exited(0) else {
        throw TestSupportError("\(name) does not leave when asked")
      }
    }
    let last = try await start("pod-a", in: cluster)
    await last.process.stop()
    guard cluster.workspaces().isEmpty, Processes.mentioning("\(cluster.temporaryFolder)/").isEmpty else {
      throw TestSupportError(
        "left behind: \(cluster.workspaces()), \(Processes.mentioning(cluster.temporaryFolder))")
    }
    return try await report(kills: kills, total: total, in: cluster)
  }

  private func start(_ name: String, in cluster: Cluster) async throws -> PodProcess {
    try await cluster.startPod(name, times: .short, arguments: ["--concurrency", "2"])
  }

  /// Until a moment, in which nothing is to be seen: the killer keeps its own time.
  private func wait(for moment: ContinuousClock.Instant) async throws {
    _ = try await poll(within: .seconds(60), every: .milliseconds(20)) { ContinuousClock.now >= moment }
  }

  private func report(kills: Int, total: Duration, in cluster: Cluster) async throws -> String {
    let jobLine = try await cluster.lines(
      """
      select concat_ws(', ', count(*) || ' jobs completed',
        'time of a job p50 ' || round(percentile_cont(0.5) within group (order by t)::numeric, 2) || ' s',
        'p99 ' || round(percentile_cont(0.99) within group (order by t)::numeric, 2) || ' s')
        from (select extract(epoch from finished_at - created_at) as t from example_bundle_jobs) times
      """)
    let attempts = try await cluster.lines(
      """
      select concat_ws(', ', count(*) || ' attempts', count(*) filter (where outcome = 'lost') || ' lost',
                       'at most ' || max(attempt) || ' of one job')
        from example_bundle_attempts
      """)
    let seconds = Int(total / .seconds(1))
    return "chaos: \(jobLine[0]); \(attempts[0]); \(kills) kills in \(seconds) s; CHAOS_SEED=\(seed)"
  }
}

extension Cluster {
  /// Writes a bundle whose build takes its time.
  fileprivate func writeWorkBundle(_ slug: String, tenths: Int) throws {
    try writeBundle(
      slug, build: ["sh", "tools/build.sh"],
      files: ["tools/build.sh": "mkdir data\nsleep \(tenths / 10).\(tenths % 10)\necho \(slug) >data/result\n"])
  }
}
