internal import BundleModel
internal import ProcessControl
internal import Synchronization

/// How a private S3 server is launched: everything but the choice of port.
final class S3Setup: Sendable {
  static let stopPlan = StopPlan.terminate(patience: .seconds(3))

  let accessKey = randomText(20)
  let secretKey = Secret(randomSecret())
  let logFile: String
  private let directory: StackDirectory
  private let program: String
  private let isMinio: Bool
  private let folder: String
  private let dataFolder: String
  private let running = Mutex<ManagedProcess?>(nil)

  init(directory: StackDirectory) throws(LocalStackError) {
    self.directory = directory
    if let minio = Programs.onPath("minio") {
      (program, isMinio) = (minio, true)
    } else {
      (program, isMinio) = (try Programs.rclone(), false)
    }
    folder = try directory.makeFolder("s3")
    dataFolder = try directory.makeFolder("s3/data")
    logFile = "\(directory.path)/s3.log"
  }

  /// Starts the server; returns when it answers HTTP.
  func launch(port: Int, within limit: Duration) async throws(LocalStackError) -> ManagedProcess {
    let logStart = size(of: logFile)
    let process = try ManagedProcess.start(
      ManagedProcess.Command(
        program, isMinio ? minioArguments(port: port) : rcloneArguments(port: port), environment: environment,
        workingDirectory: folder, logFile: logFile, lifeline: Self.stopPlan))
    running.withLock { $0 = process }
    try directory.record(process)
    do {
      let answers = try await poll(within: limit) {
        if !process.isRunning { return true }
        return try await DetachedThread.value { () throws(LocalStackError) in Loopback.answersHTTP(port: port) }
      }
      if answers && process.isRunning { return process }
    } catch {
      await process.stop(Self.stopPlan)
      throw LocalStackError(.timedOut, "the start of the S3 server was cancelled")
    }
    let died = !process.isRunning
    await process.stop(Self.stopPlan)
    throw LocalStackError(
      died ? .serverDied : .timedOut,
      "the S3 server \(program) \(died ? "ended at its start" : "does not answer after \(limit)"): "
        + tail(ofLog: logFile, from: logStart))
  }

  /// Ends the server at once, blocking the thread (exit handlers).
  func stopBlocking() {
    running.withLock { $0 }?.stopBlocking(StopPlan([]))
  }

  private func rcloneArguments(port: Int) -> [String] {
    ["--config", "/dev/null", "serve", "s3", "--addr", "127.0.0.1:\(port)", "--etag-hash", "MD5", dataFolder]
  }

  private func minioArguments(port: Int) -> [String] {
    ["server", "--quiet", "--anonymous", "--address", "127.0.0.1:\(port)", dataFolder]
  }

  /// The keys travel here because everybody may read arguments, but only we and root the environment.
  private var environment: [String: String] {
    var settings = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder, "TMPDIR": folder, "TZ": "UTC"]
    if isMinio {
      settings["MINIO_ROOT_USER"] = accessKey
      settings["MINIO_ROOT_PASSWORD"] = secretKey.reveal()
      settings["MINIO_BROWSER"] = "off"
      settings["MINIO_UPDATE"] = "off"
    } else {
      // rclone splits the variable of a repeatable flag like a CSV line, so the pair's comma must be quoted.
      settings["RCLONE_AUTH_KEY"] = "\"\(accessKey),\(secretKey.reveal())\""
    }
    return settings
  }
}
