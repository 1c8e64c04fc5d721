import S3Stub

/// One row of the matrix: what goes wrong.
struct FaultRow: Sendable {
  /// What the client must make of it.
  enum Demand: Sendable {
    /// The right result: nothing else may come of a fault that passes.
    case success
    /// One clear error.
    case failure
    /// Either, as long as it is true.
    case truth
  }

  var name: String
  /// Nil: only the service's settings differ.
  var fault: StubFault?
  var times = 1
  var demand = Demand.truth
  /// The service, before anything is asked of it.
  var settings: @Sendable (inout S3Stub.Settings) -> Void = { _ in }
  /// Columns where it proves nothing, because nobody could notice.
  var without: Set<FaultColumn> = []
  /// A second fault, for the request after the first.
  var then: StubFault?

  /// Those that a client recovers from when they pass, and reports when they do not.
  private static func passing(_ name: String, _ fault: StubFault, without: Set<FaultColumn> = []) -> [FaultRow] {
    [
      FaultRow(name: name + ", once", fault: fault, demand: .success, without: without),
      FaultRow(name: name + ", always", fault: fault, times: .max, without: without),
    ]
  }

  /// - Parameter elsewhere: the port of a server that nobody may talk to.
  static func all(elsewhere: Int) -> [FaultRow] {
    let away = "http://127.0.0.1:\(elsewhere)/bucket/object"
    let readsObjects = Set(FaultColumn.allCases.filter { $0.operation == .getObject })
    let notObjects = Set(FaultColumn.allCases).subtracting(readsObjects)
    return [
      passing("500", .refuse(500, "InternalError")),
      passing("503 SlowDown, Retry-After", .slowDown(retryAfter: "0")),
      passing("429", .refuse(429, "TooManyRequests")),
      passing("reset before the body", .resetBeforeBody),
      passing("reset in the body", .resetInBody(after: 1000)),
      passing("reset after the body, not done", .resetAfterBody(isDone: false)),
      passing("reset after the body, done", .resetAfterBody(isDone: true)),
      passing("answer cut off", .truncate(at: 20_000)),
      passing("answer reset", .resetAnswer(at: 20_000)),
      passing("silence, not done", .hang(isDone: false)),
      passing("silence, done", .hang(isDone: true)),
      passing("silence in the answer", .hangInAnswer(at: 20_000)),
      passing("length too long", .wrongLength(by: 7), without: [.head, .storeHead]),
      passing("10 MB of error", .longError(500, bytes: 10_000_000)),
      passing("garbage, 500", .garbage(500)),
      passing("not HTTP", .notHTTP),
      [
        FaultRow(name: "length too short", fault: .wrongLength(by: -7), times: .max, without: [.head]),
        FaultRow(name: "another checksum", fault: .wrongChecksum, times: .max, without: [.head]),
        FaultRow(name: "another ETag", fault: .wrongETag, times: .max, without: [.head]),
        FaultRow(
          name: "a flipped bit", fault: .corrupt(at: 1234), times: .max, demand: .failure, without: notObjects),
        FaultRow(
          name: "200 with an error, not done, once", fault: .errorIn200("InternalError", isDone: false),
          demand: .success, without: readsObjects.union([.head, .delete])),
        FaultRow(
          name: "200 with an error, not done, always", fault: .errorIn200("InternalError", isDone: false),
          times: .max, demand: .failure, without: [.head, .delete, .memory]),
        FaultRow(
          name: "200 with an error, done, once", fault: .errorIn200("InternalError", isDone: true),
          without: [.head, .memory]),
        FaultRow(
          name: "garbage, 200", fault: .garbage(200), times: .max, without: [.head, .delete, .put, .memory]),
        FaultRow(name: "empty body", fault: .replaceBody([]), times: .max, without: [.head]),
        FaultRow(name: "trickle", fault: .trickle(bytes: 8192, every: 1), times: .max, demand: .success),
        FaultRow(name: "no keep-alive", fault: .closeAfterwards, times: .max, demand: .success),
        FaultRow(name: "restart in the answer", fault: .restart(at: 20_000, down: 20), demand: .success),
        FaultRow(
          name: "cut off, then no ranges", fault: .truncate(at: 20_000), demand: .success, then: .ignoreRange),
        FaultRow(name: "expired token", fault: .expiredToken, times: .max, demand: .failure),
        FaultRow(name: "301 elsewhere", fault: .redirect(301, location: away), times: .max, demand: .failure),
        FaultRow(name: "307 elsewhere", fault: .redirect(307, location: away), times: .max, demand: .failure),
        FaultRow(
          name: "307 elsewhere, with region", fault: .redirect(307, location: away, region: "eu-west-1"),
          times: .max, demand: .failure),
      ],
      moments, regions,
    ].flatMap { $0 }
  }

  private static let moments: [FaultRow] = [20, -20].flatMap { minutes in
    [("403", S3Stub.Settings.SkewAnswer.tooSkewed), ("400", .denied)].map { name, answer in
      FaultRow(
        name: "clock \(minutes > 0 ? "+" : "")\(minutes) min, \(name)", demand: .success,
        settings: {
          $0.clockOffset = .seconds(minutes * 60)
          $0.skewAnswer = answer
        })
    }
  }

  private static let regions: [FaultRow] = [nil, 301, 307].map { status in
    FaultRow(
      name: "another region, \(status ?? 400)", demand: .success,
      settings: {
        $0.region = "eu-west-1"
        $0.regionRedirect = status
      })
  }
}
