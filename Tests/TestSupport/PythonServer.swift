package import BundleModel
package import LocalStack
internal import Synchronization

/// An S3 server in Python: a script of `Tests/Servers` that gets a folder and a port, and writes the port it took to
/// the folder's file `port` when it answers.
package final class PythonServer: ObjectServer {
  private static let startLimit = Duration.seconds(120)

  package let accessKey: String
  package let secretKey: Secret<String>
  /// The port on 127.0.0.1, the same after a restart.
  package let port: Int
  private let launch: Launch
  private let process: Mutex<ManagedProcess>

  /// What is run, and where.
  private struct Launch: Sendable {
    var directory: StackDirectory
    var folder: String
    var command: ManagedProcess.Command

    func start(port: Int) async throws -> (process: ManagedProcess, port: Int) {
      let portFile = "\(folder)/port"
      try removeTree(portFile)
      var command = command
      command.arguments.append("\(port)")
      let process = try ManagedProcess.start(command)
      try directory.record(process)
      do {
        let text = try await eventually(within: PythonServer.startLimit, "the server answers") {
          guard process.isRunning else { return "it ended" }
          return try TestFile.read(portFile)
        } until: { _ in
          true
        }
        if let port = Int(text.split(separator: "\n").first ?? "") { return (process, port) }
        let log = try TestFile.read(command.logFile ?? "")
        throw TestSupportError("\(command.arguments[0]): \(text): \(log.suffix(2000))")
      } catch {
        await process.stop(StopPlan([]))
        throw error
      }
    }
  }

  private init(_ launch: Launch, _ keys: (String, Secret<String>), _ started: (ManagedProcess, Int)) {
    self.launch = launch
    (accessKey, secretKey) = keys
    process = Mutex(started.0)
    port = started.1
  }

  /// OpenStack Swift with its S3 interface: the strict one. It checks signatures, payload hashes, checksums, regions,
  /// clocks and `If-None-Match`.
  package static func swift(in directory: StackDirectory) async throws -> PythonServer {
    let keys = ("test:tester", Secret(randomSecret()))
    return try await start(
      "swift_object_server.py", python: "swift/bin/python", in: directory, keys: keys,
      environment: ["SWIFT_ACCESS_KEY": keys.0, "SWIFT_SECRET_KEY": keys.1.reveal()])
  }

  /// moto: checks no signature, but honours `If-Match` and refuses small parts.
  package static func moto(in directory: StackDirectory) async throws -> PythonServer {
    let keys = ("anybody", Secret(randomSecret()))
    return try await start(
      "moto_object_server.py", python: "s3tools/bin/python", in: directory, keys: keys, environment: [:])
  }

  private static func start(
    _ script: String, python: String, in directory: StackDirectory, keys: (String, Secret<String>),
    environment: [String: String]
  ) async throws -> PythonServer {
    let name = "\(script.prefix { $0 != "_" })-\(UInt32.random(in: 0...UInt32.max))"
    let folder = try directory.makeFolder(name)
    let common = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder, "TMPDIR": folder, "TZ": "UTC"]
    let command = ManagedProcess.Command(
      try TestTools.path(python), ["-B", "\(TestTools.repository)/Tests/Servers/\(script)", folder],
      environment: environment.merging(common) { $1 }, workingDirectory: folder,
      logFile: "\(directory.path)/\(name).log", lifeline: .terminate(patience: .seconds(1)))
    let launch = Launch(directory: directory, folder: folder, command: command)
    return PythonServer(launch, keys, try await launch.start(port: 0))
  }

  package var endpoint: String { "http://127.0.0.1:\(port)" }

  /// Stops the server at once; what Swift stored stays, what moto stored is gone.
  package func stop() async { await process.withLock { $0 }.stop(StopPlan([])) }

  /// Starts a stopped server again, on the same port.
  package func startAgain() async throws {
    let started = try await launch.start(port: port)
    process.withLock { $0 = started.process }
  }

  /// The same as `stop`, blocking: for exit handlers.
  package func stopBlocking() { process.withLock { $0 }.stopBlocking(StopPlan([])) }
}
