import ArtifactStorage
import BundleModel
import BundleStore
import JSON
import Synchronization
import TestSupport
import Testing

@testable import PodAPI

@Suite("Health routes", .timeLimit(.minutes(2)))
struct HealthRouteTests {
  private static let moment = Timestamp(microseconds: 1_700_000_000_000_000)

  private static func good() -> SchemaReport { report(applied: [1, 2, 3]) }

  private static func report(
    applied: [Int] = [1], missing: [Int] = [], unknown: [Int] = [], drift: [String] = []
  ) -> SchemaReport {
    SchemaReport(applied: applied, missing: missing, unknown: unknown, drift: drift)
  }

  private static func health(
    schema: @escaping @Sendable () async throws -> SchemaReport = { good() },
    vitals: StoreVitals = StoreVitals(now: moment), storage: @escaping @Sendable () async throws -> Void = {},
    legacy: LegacyWatch? = nil, following: (@Sendable () async throws -> Following?)? = nil
  ) -> PodHealth {
    // A clock that stands: what was found stays fresh however slow the machine is.
    let start = ContinuousClock.now
    return PodHealth(
      schema: schema, vitals: { vitals }, storage: storage, legacy: legacy, following: following,
      wall: { moment }, now: { start })
  }

  /// What a route answers, held against the form that it promises.
  private func ask(
    _ path: String, _ health: PodHealth, life: PodLife = PodLife(), listener: Route.Listener = .api
  ) async throws -> (status: Int, body: JSONObject) {
    var services = try RouterFixture.services()
    services.health = health
    services.life = life
    let answer = await Router(listener: listener, services: services).answer(RouterFixture.request(.get, path))
    let value = try JSONValue(parsing: Array(RouterFixture.text(answer).utf8))
    let route = try #require(RouteTable.all.first { $0.pattern.text == path })
    let spec = try #require(route.responses.first { $0.status == answer.status })
    guard case .json(let schema) = spec.content, case .object(let body) = value else {
      throw TestSupportError("not JSON")
    }
    #expect(schema.complaint(about: value) == nil)
    return (answer.status, body)
  }

  private func checks(_ body: JSONObject) throws -> [String: String] {
    guard case .object(let checks)? = body["checks"] else { throw TestSupportError("no checks") }
    var found: [String: String] = [:]
    for name in checks.keys {
      if case .object(let check)? = checks[name], case .string(let status)? = check["status"] {
        found[name] = status
      }
    }
    return found
  }

  @Test(
    "a pod whose database and store answer is ready, on both addresses", arguments: [Route.Listener.api, .metrics])
  func ready(listener: Route.Listener) async throws {
    let (status, body) = try await ask("/health/ready", Self.health(), listener: listener)
    #expect(status == 200)
    #expect(body["status"] == .string("ready"))
    #expect(
      try checks(body) == [
        "postgres:responseTime": "pass", "postgres:schemaVersion": "pass", "objectStore:responseTime": "pass",
        "objectStore:access": "pass",
      ])
  }

  @Test("without a usable database a pod is not ready")
  func unready() async throws {
    let broken: [@Sendable () async throws -> SchemaReport] = [
      { throw StoreError(.unavailable, "secret-host cannot be reached") },
      { throw StoreError(.schema, "no table") },
      { throw StoreError(.refused, "password authentication failed for secret-user") },
      { throw TestSupportError("anything") },
      { Self.report(applied: [1], missing: [2]) },
    ]
    for schema in broken {
      let (status, body) = try await ask("/health/ready", Self.health(schema: schema))
      #expect(status == 503)
      #expect(body["status"] == .string("unready"))
      let health = try await ask("/health", Self.health(schema: schema))
      #expect(health.status == 200)
      #expect(health.body["status"] == .string("warn"))
      #expect(!"\(health.body)".contains("secret"))
    }
  }

  @Test("a database that does not answer makes a pod not ready within its deadline, and is asked once")
  func hanging() async throws {
    let asked = Mutex(0)
    let health = Self.health(schema: {
      asked.withLock { $0 += 1 }
      for await _ in AsyncStream<Void>.makeStream().stream {}
      return Self.good()
    })
    for _ in 0..<2 {
      let (status, body) = try await ask("/health/ready", health)
      #expect(status == 503)
      #expect(try checks(body)["postgres:responseTime"] == "fail")
    }
    #expect(asked.withLock { $0 } == 1)
  }

  @Test("another schema than the program's own is a warning, no failure", arguments: [0, 1])
  func otherSchema(kind: Int) async throws {
    let health = Self.health(schema: {
      kind == 0 ? Self.report(unknown: [9]) : Self.report(drift: ["step 1 was applied in another wording"])
    })
    let (status, body) = try await ask("/health/ready", health)
    #expect(status == 200 && body["status"] == .string("degraded"))
    #expect(try checks(body)["postgres:schemaVersion"] == "warn")
  }

  @Test("a store that is away or refuses makes a pod degraded, and still ready", arguments: [true, false])
  func degraded(isAway: Bool) async throws {
    let asked = Mutex(0)
    let health = Self.health(storage: {
      asked.withLock { $0 += 1 }
      throw StorageError(isAway ? .unavailable : .denied, "secret-bucket")
    })
    for _ in 0..<3 {
      let (status, body) = try await ask("/health/ready", health)
      #expect(status == 200 && body["status"] == .string("degraded"))
      #expect(try checks(body)[isAway ? "objectStore:responseTime" : "objectStore:access"] == "fail")
      #expect(!"\(body)".contains("secret"))
    }
    #expect(asked.withLock { $0 } == 1, "a store is asked every 5 s at most")
  }

  @Test("a pod that was asked to go is not ready at once, whatever was known before")
  func stopping() async throws {
    let (health, life) = (Self.health(), PodLife())
    #expect(try await ask("/health/ready", health, life: life).status == 200)
    life.stop()
    let (status, body) = try await ask("/health/ready", health, life: life)
    #expect(status == 503 && body["status"] == .string("stopping"))
    #expect(try await ask("/health/live", health, life: life).status == 200)
  }

  @Test("what a person should know is told, with numbers")
  func warnings() async throws {
    let vitals = StoreVitals(
      now: Self.moment.advanced(by: .seconds(20)), queued: 3, waited: .seconds(601), running: 2, expiredLeases: 1,
      hasForeignWriters: true, oldestWrite: .seconds(300), modes: ["database", "dual"])
    let (_, body) = try await ask("/health", Self.health(vitals: vitals))
    #expect(body["status"] == .string("warn"))
    let found = try checks(body)
    for name in [
      "queue:oldestAge", "leases:expired", "postgres:oldestWrite", "writers:foreign", "clock:skew",
      "pods:persistence",
    ] {
      #expect(found[name] == "warn", "\(name)")
    }
    guard case .array(let warnings)? = body["warnings"] else { throw TestSupportError("no warnings") }
    #expect(warnings.count == 6)
    let calm = try await ask("/health", Self.health())
    #expect(calm.body["status"] == .string("ok") && calm.body["warnings"] == .array([]))
  }

  @Test("a directory that does not follow the database is a warning, without its words")
  func following() async throws {
    for (said, expected) in [
      (Following.failed("no space left on /secret/dir"), "warn"), (.behind, "pass"),
      (.inStep(snapshot: "1:1:"), "pass"),
      (nil, "pass"),
    ] {
      let (_, body) = try await ask("/health", Self.health(following: { said }))
      #expect(try checks(body)["legacyData:following"] == expected)
      #expect(!"\(body)".contains("secret"))
    }
    let (_, alone) = try await ask("/health", Self.health())
    #expect(try checks(alone)["legacyData:following"] == nil)
  }
}
