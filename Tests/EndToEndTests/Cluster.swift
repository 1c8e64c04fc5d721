import BundleModel
import BundleStore
internal import Glibc
import LocalStack
import Postgres
internal import Synchronization
import TestSupport

/// The world of one scenario: a database with our schema, a bucket, folders of bundles, pods, commands.
final class Cluster: Sendable {
  /// What one `bundletop` command said and how it ended.
  typealias Outcome = Program.Result

  private struct State {
    var pods: [PodProcess] = []
    var said: [String] = []
  }

  /// Everything of the scenario lies here.
  let folder: TemporaryDirectory
  let database: TestDatabase
  let objects: TestObjectStore
  /// What the pods that answer HTTP take.
  let tokens = PodTokens()
  /// Where pods make their workspaces.
  let temporaryFolder: String
  private let pool: Pool
  private let state = Mutex(State())

  private init(_ database: TestDatabase, _ objects: TestObjectStore) throws {
    self.database = database
    self.objects = objects
    folder = try TemporaryDirectory()
    temporaryFolder = try folder.makeFolder("tmp")
    pool = Pool(try ConnectionSettings(url: database.url), size: 2)
  }

  /// Runs a scenario in a fresh cluster. Afterwards everything is stopped, and nobody may have told a secret.
  ///
  /// - Parameters:
  ///   - postgres: a server of its own; nil takes the one that all tests share.
  ///   - objectStore: likewise.
  static func run(
    postgres: LocalPostgres? = nil, objectStore: LocalS3? = nil, _ story: (Cluster) async throws -> Void
  ) async throws {
    let database =
      if let postgres { try await TestDatabase.create(on: postgres) } else { try await TestDatabase.create() }
    let objects =
      if let objectStore { try await TestObjectStore.create(on: objectStore) } else {
        try await TestObjectStore.create()
      }
    let cluster = try Cluster(database, objects)
    _ = try await Schema(try ConnectionSettings(url: database.url)).apply()
    do {
      try await story(cluster)
      await cluster.stop()
    } catch {
      let logs = cluster.logs()
      await cluster.stop()
      throw TestSupportError("\(error)\n\(logs)")
    }
    try cluster.requireNoSecrets()
  }

  // MARK: - Commands

  /// What every program of the cluster gets.
  var environment: [String: String] {
    var settings = objects.environment
    settings["DATABASE_URL"] = database.url.reveal()
    settings["PATH"] = Self.searchPath
    settings["HOME"] = folder.path
    settings["TMPDIR"] = temporaryFolder
    settings["USER"] = "tester"
    settings["LC_ALL"] = "C.UTF-8"
    return settings
  }

  /// `DATABASE_URL` of a program that reaches the server through another port, or another address.
  func databaseURL(port: Int, host: String = "127.0.0.1") -> String {
    database.url.reveal().replacing("127.0.0.1:\(database.server.port)", with: "\(host):\(port)")
  }

  static let searchPath = "/usr/local/bin:/usr/bin:/bin"

  /// Runs a command without a terminal, at most 90 s.
  ///
  /// - Parameter changing: variables to set; an empty value unsets.
  func bundletop(_ arguments: String..., changing: [String: String] = [:]) async throws -> Outcome {
    try await bundletop(arguments, changing: changing)
  }

  /// The same.
  func bundletop(_ arguments: [String], changing: [String: String] = [:]) async throws -> Outcome {
    let settings = environment.merging(changing) { $1 }.filter { !$0.value.isEmpty }
    let result = try await BundletopProgram.run(arguments, environment: settings)
    // A signed link is what `sign` is for, so only its complaints must be clean.
    note(arguments.first == "sign" ? result.errors : result.output + result.errors)
    return result
  }

  /// Runs a command that must succeed; returns what it printed.
  @discardableResult
  func done(_ arguments: String...) async throws -> String {
    try await bundletop(arguments).requireDone(arguments)
  }

  /// Runs a command with `--json` that must succeed; returns what it printed.
  func json(_ arguments: String...) async throws -> JSON {
    try JSON(parsing: try await bundletop(arguments + ["--json"]).requireDone(arguments))
  }

  /// Remembers an output, to look for secrets in the end.
  func note(_ output: String) { state.withLock { $0.said.append(output) } }

  // MARK: - Pods

  /// Starts a pod and waits until it is known with all that it offers.
  ///
  /// - Parameters:
  ///   - examples: a folder of bundles of the cluster.
  ///   - umask: as the shell takes it.
  ///   - wrapper: see `PodProcess`.
  @discardableResult
  func startPod(
    _ name: String, examples: String = "examples", times: PodTimes = .usual, arguments: [String] = [],
    changing: [String: String] = [:], umask: String = "022", wrapper: [String] = []
  ) async throws -> PodProcess {
    try folder.makeFolder("logs")
    let root = try folder.makeFolder(examples)
    let before = try await lines("select owner from example_bundle_pods where name = '\(name)'").count
    let pod = try PodProcess(
      name: name, logFile: "\(folder.path)/logs/\(name).log", umask: umask, wrapper: wrapper,
      arguments: ["--examples-root", root, "--name", name, "--allow-build-commands"] + times.arguments + arguments,
      environment: environment.merging(changing) { $1 })
    state.withLock { $0.pods.append(pod) }
    try await wait("pod \(name) offers its bundles") {
      guard pod.process.isRunning else { throw TestSupportError("pod \(name) ended at once") }
      return try await self.lines(
        """
        select p.owner from example_bundle_pods p where p.name = '\(name)'
          and p.catalogue = (select count(*) from example_bundle_catalog c where c.owner = p.owner)
        """
      ).count > before
    }
    return pod
  }

  /// The ends of all pods' logs.
  func logs() -> String {
    var seen: Set<String> = []
    let pods = state.withLock { $0.pods }.filter { seen.insert($0.logFile).inserted }
    return pods.map { "--- \($0.name):\n\($0.log.suffix(4000))" }.joined(separator: "\n")
  }

  /// Ends all pods; whoever does not stop is killed.
  func stop() async {
    let pods = state.withLock { $0.pods }
    await withTaskGroup { group in
      for pod in pods {
        group.addTask {
          pod.process.kill(SIGCONT)
          await pod.process.stop(.terminate(patience: .seconds(10)))
        }
      }
    }
    await pool.close()
  }

  // MARK: - Looking

  /// Waits for a condition; the scenario fails with the pods' logs when it does not come true.
  func wait(
    _ description: String, within limit: Duration = .seconds(40), _ condition: () async throws -> Bool
  ) async throws {
    try await eventually(within: limit, every: .milliseconds(50), description, condition)
  }

  /// Waits until a query gives these lines, and tells the difference when it does not.
  func wait(
    _ description: String, for expected: [String], within limit: Duration = .seconds(40), in sql: String
  ) async throws {
    try await eventually(
      within: limit, every: .milliseconds(50), "\(description): \(expected)", { try await self.lines(sql) },
      until: { $0 == expected })
  }

  /// The rows of a query with one text column.
  func lines(_ sql: String) async throws -> [String] {
    try await pool.query(sql).map { try $0.decode(at: 0, as: String?.self) ?? "" }
  }

  /// `state stage attempt` of a bundle; empty when there is none.
  func status(_ slug: String) async throws -> String {
    try await lines(
      "select concat_ws(' ', state, stage, attempt) from example_bundle_status where slug = '\(slug)'"
    )
    .first ?? ""
  }

  /// Waits until a bundle is completed.
  func waitUntilCompleted(_ slug: String, within limit: Duration = .seconds(60)) async throws {
    try await wait("\(slug) is completed", within: limit) {
      try await self.status(slug).hasPrefix("completed completed")
    }
  }

  /// `attempt pod outcome` of every attempt of a bundle, oldest first; `-` for no outcome.
  func attempts(_ slug: String) async throws -> [String] {
    try await lines(
      """
      select concat_ws(' ', attempt, pod, coalesce(outcome, '-')) from example_bundle_attempts
       where slug = '\(slug)' order by started_at, attempt
      """)
  }

  /// The workspaces that exist.
  func workspaces() -> [String] {
    Folder.names(in: temporaryFolder).filter { $0.hasPrefix("apphub-example-") }
  }

  // MARK: - Secrets

  private func requireNoSecrets() throws {
    let (pods, said) = state.withLock { ($0.pods, $0.said) }
    let secrets = [
      "the database's password": database.server.password.reveal(), "the storage key": objects.secretKey.reveal(),
      "a signature": "X-Amz-Signature=", "a token": tokens.reader.reveal(), "another token": tokens.writer.reveal(),
    ]
    for text in said + pods.map(\.log) {
      for (name, secret) in secrets where text.contains(secret) {
        throw TestSupportError("somebody told \(name): …\(text.prefix(300))…")
      }
    }
  }
}
