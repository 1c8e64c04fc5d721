import BundleModel
import Dashboard
import Terminal

/// Values that the tests are told with: times as seconds from a fixed noon, statuses by a few words.
enum Make {
  /// 2026-01-02T14:02:11Z.
  static let noon = Timestamp(microseconds: 1_767_362_531_000_000)

  static func at(_ seconds: Double) -> Timestamp {
    Timestamp(microseconds: noon.microseconds + Int64(seconds * 1_000_000))
  }

  static func slug(_ text: String) -> Slug { Slug(text)! }

  static let digest = "9c1f04d2b7e8a3566f0d1c2b3a4958670123456789abcdef0011223344a07e00"

  static func status(
    _ name: String, _ stage: Stage, age: Double = 60, pod: String? = nil, attempt: Int? = nil,
    error: String? = nil, message: String? = nil, done: Int64? = nil, total: Int64? = nil, size: Int64 = 184_320,
    cached: Bool? = nil, job: String? = "7f31c2aa-0000-4000-8000-0123456789ab"
  ) -> BundleStatus {
    var status = BundleStatus(
      slug: slug(name), fingerprint: stage == .queued ? .pending : Fingerprint("51ce0a\(digest.dropFirst(6))")!,
      stage: stage, jobID: job, cached: cached, error: error, message: message, createdAt: at(-7200),
      updatedAt: at(-age), attempt: attempt, pod: pod, bytesDone: done, bytesTotal: total,
      stageStartedAt: at(-age))
    if stage == .completed {
      status.version = "0.3.1"
      status.checksum = digest
      status.completedAt = at(-age)
      status.artifact = artifact(name, size: size, age: age)
    }
    return status
  }

  static func artifact(_ name: String, size: Int64 = 184_320, age: Double = 7200) -> Artifact {
    Artifact(
      id: "a1", slug: slug(name), fingerprint: Fingerprint(digest)!, version: "0.3.1", checksum: digest,
      filename: "\(name)-0.3.1.tgz", storageKind: .s3,
      storageKey: "\(name)/\(digest)/9c1f04d2b7e8a356/\(name)-0.3.1.tgz",
      storageURL: "s3://apphub-example-bundles/\(name)/\(digest)/9c1f04d2b7e8a356/\(name)-0.3.1.tgz", size: size,
      uploadedAt: at(-age), createdAt: at(-age), verifiedAt: at(-age), verification: .match)
  }

  /// A shop in which the last look at two archives found something wrong.
  static func damagedShop(_ count: Int) -> [BundleStatus] {
    shop(count).map { status in
      var status = status
      if status.slug.text == "csv-loader" { status.artifact?.verification = .mismatch }
      if status.slug.text == "inbox-normalizer" { status.artifact?.verification = .missing }
      return status
    }
  }

  static func pod(_ name: String, isGone: Bool = false) -> Pod {
    Pod(
      owner: OwnerID(name), name: name, version: "1", persistence: "database", store: "s", startedAt: at(-900),
      lastSeen: at(isGone ? -30 : -1), concurrency: 2, presence: isGone ? .gone : .live)
  }

  /// A shop of `count` bundles in which the first ones have something to tell.
  static func shop(_ count: Int) -> [BundleStatus] {
    let told = [
      status(
        "report-publisher", .failed, age: 252, pod: "pod-b", attempt: 3,
        error: "src/index.ts:14: could not resolve \"./publish\"\n  in report-publisher"),
      status("timestore-loader", .installingDependencies, age: 58, pod: "pod-a", attempt: 1),
      status("fleet-metrics", .packaging, age: 12, pod: "pod-b", attempt: 2, done: 43, total: 100),
      status("csv-loader", .completed, age: 3, pod: "pod-a", attempt: 1, cached: true),
      status("inbox-normalizer", .completed, age: 3600, pod: "pod-b", attempt: 1, size: 31_400_000),
      status("greenhouse-alerts", .queued, age: 7, message: "no pod has this bundle"),
      status("scheduled-digest", .resolving, age: 1, pod: "pod-a", attempt: 1),
    ]
    guard count > told.count else { return Array(told.prefix(count)) }
    let others = (told.count..<count).map { number in
      status(
        "bundle-\(number.padded(5))", .completed, age: Double(100 + number),
        pod: number.isMultiple(of: 2) ? "pod-a" : "pod-b", attempt: 1, size: Int64(1000 * number))
    }
    return told + others
  }

  static func state(
    _ statuses: [BundleStatus]? = nil, columns: Int = 80, rows: Int = 24, readOnly: Bool = false
  ) -> DashboardState {
    let configuration = DashboardConfiguration(database: "apphub@127.0.0.1:5432", isReadOnly: readOnly)
    var state = DashboardState(configuration: configuration, size: Size(columns: columns, rows: rows))
    _ = state.handle(.connection(.live(latency: .milliseconds(3)), at: noon))
    _ = state.handle(.pods([pod("pod-a"), pod("pod-b")], at: noon))
    _ = state.handle(.storage(.reachable, at: noon))
    _ = state.handle(.resync(statuses: statuses ?? shop(47), at: noon))
    return state
  }

  static func detail(_ name: String, error: String? = nil) -> BundleDetail {
    let job = JobID("7f31c2aa-0000-4000-8000-0123456789ab")
    func attempt(_ number: Int, _ start: Double, _ error: String) -> Attempt {
      Attempt(
        job: job, slug: slug(name), number: number, pod: number == 2 ? "pod-a" : "pod-b", startedAt: at(start),
        endedAt: at(start + 19.8), outcome: .failed,
        stages: [
          StageTiming(stage: .resolving, startedAt: at(start)),
          StageTiming(stage: .installingDependencies, startedAt: at(start + 0.4)),
          StageTiming(stage: .packaging, startedAt: at(start + 14.6)),
          StageTiming(stage: .failed, startedAt: at(start + 19.8)),
        ], errorClass: .bundle, error: error)
    }
    let text = error ?? "src/index.ts:14: could not resolve \"./publish\"\n  in report-publisher"
    let status = status(name, .failed, age: 252, pod: "pod-b", attempt: 3, error: text)
    return BundleDetail(
      status: status, attempts: [attempt(1, -900, text), attempt(2, -600, text), attempt(3, -271.8, text)],
      maxAttempts: 3, lastArtifact: artifact(name))
  }

  static let capabilities = Capabilities(colors: .indexed256, unicode: true)
  static let ascii = Capabilities(colors: .none, unicode: false)
}

extension DashboardState {
  /// The screen as text, at the state's own size.
  func screen(_ seconds: Double = 0, _ capabilities: Capabilities = Make.capabilities) -> String {
    render(size: size, capabilities: capabilities, clock: RenderClock(now: Make.at(seconds))).text
  }

  func lines(_ seconds: Double = 0) -> [String] { screen(seconds).split(separator: "\n").map(String.init) }

  /// The last row.
  func footer(_ seconds: Double = 0) -> String { lines(seconds).last ?? "" }

  /// Presses keys written as they are typed: letters, or names in angle brackets as in `<Enter>`.
  @discardableResult
  mutating func press(_ keys: String, at seconds: Double = 0) -> [DashboardEffect] {
    var effects: [DashboardEffect] = []
    for key in Keys.parse(keys) { effects += handle(.terminal(.key(key), at: Make.at(seconds))) }
    return effects
  }
}

/// Keys from text.
enum Keys {
  static let named: [String: Key] = [
    "Enter": Key(.enter), "Esc": Key(.escape), "Up": Key(.up), "Down": Key(.down), "PgUp": Key(.pageUp),
    "PgDn": Key(.pageDown), "Home": Key(.home), "End": Key(.end), "Tab": Key(.tab), "BS": Key(.backspace),
    "C-c": Key("c", .control), "C-l": Key("l", .control), "C-z": Key("z", .control), "C-w": Key("w", .control),
    "F1": Key(.function(1)),
  ]

  static func parse(_ text: String) -> [Key] {
    var keys: [Key] = []
    var rest = text[...]
    while let first = rest.first {
      if first == "<", let end = rest.firstIndex(of: ">"), let key = named[String(rest[..<end].dropFirst())] {
        keys.append(key)
        rest = rest[rest.index(after: end)...]
      } else {
        keys.append(Key(first))
        rest = rest.dropFirst()
      }
    }
    return keys
  }
}

extension DashboardEffect {
  /// The effect in one line, secrets as dots, for comparing.
  var words: String {
    switch self {
    case .loadDetail(let slug): "load \(slug)"
    case .retry(let slug, let seen, let force):
      "\(force ? "force" : "retry") \(slug) seen \(seen.state.rawValue) \(seen.fingerprint.text.prefix(6)) \(seen.jobID?.prefix(8) ?? "-") \(seen.attempt ?? 0)"
    case .sign(let slug, let lifetime): "sign \(slug) for \(lifetime.components.seconds)"
    case .copy(.plain(let text), let label): "copy \(label): \(text)"
    case .copy(.secret(let secret), let label): "copy \(label): \(secret)"
    case .repaint: "repaint"
    case .suspend: "suspend"
    case .quit(let code): "quit \(code)"
    }
  }
}
