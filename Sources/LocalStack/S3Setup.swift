internal import BundleModel
internal import ProcessControl

/// How a private S3 server is launched: everything but the choice of port.
final class S3Setup: Sendable {
  private static let stopPlan = StopPlan.terminate(patience: .seconds(3))

  let accessKey = randomText(20)
  let secretKey = Secret(randomSecret())
  let logFile: String
  let server: ServerProcess
  private let program: String
  private let isMinio: Bool
  private let folder: String
  private let dataFolder: String

  init(directory: StackDirectory) throws(LocalStackError) {
    if let minio = Programs.onPath("minio") {
      (program, isMinio) = (minio, true)
    } else {
      (program, isMinio) = (try Programs.rclone(), false)
    }
    folder = try directory.makeFolder("s3")
    dataFolder = try directory.makeFolder("s3/data")
    logFile = "\(directory.path)/s3.log"
    server = ServerProcess(
      directory: directory, name: "the S3 server", fullName: "the S3 server \(program)", logFile: logFile,
      stopPlan: Self.stopPlan)
  }

  /// Starts the server; returns when it answers HTTP.
  func launch(port: Int, within limit: Duration) async throws(LocalStackError) {
    let command = ManagedProcess.Command(
      program, isMinio ? minioArguments(port: port) : rcloneArguments(port: port), environment: environment,
      workingDirectory: folder, logFile: logFile, lifeline: Self.stopPlan)
    try await server.launch(command, within: limit) { _ in
      await DetachedThread.value { Loopback.answersHTTP(port: port) }
    }
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
