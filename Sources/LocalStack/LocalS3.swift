package import BundleModel
internal import S3

/// A private S3 server: minio where it is on PATH, else rclone; own keys, a free port on 127.0.0.1.
package actor LocalS3 {
  /// The region that requests are signed for.
  package static let region = "us-east-1"
  private static let startLimit = Duration.seconds(30)

  /// The port on 127.0.0.1, the same after a restart.
  package nonisolated let port: Int
  /// Half of the credentials.
  package nonisolated let accessKey: String
  /// The other half.
  package nonisolated let secretKey: Secret<String>
  /// The server's log.
  package nonisolated let logFile: String
  private nonisolated let setup: S3Setup

  private init(setup: S3Setup, port: Int) {
    self.setup = setup
    self.port = port
    accessKey = setup.accessKey
    secretKey = setup.secretKey
    logFile = setup.logFile
  }

  /// Starts a server in the directory with these buckets; returns when it answers.
  package static func start(
    in directory: StackDirectory, buckets: [String] = []
  ) async throws(LocalStackError) -> LocalS3 {
    let setup = try S3Setup(directory: directory)
    let server = try await Loopback.onFreePort { (port) throws(LocalStackError) in
      try await setup.launch(port: port, within: startLimit)
      return LocalS3(setup: setup, port: port)
    }
    do throws(LocalStackError) {
      for bucket in buckets { try await server.makeBucket(bucket) }
      return server
    } catch {
      await server.stop()
      throw error
    }
  }

  /// `http://127.0.0.1:PORT`.
  package nonisolated var endpoint: String { "http://127.0.0.1:\(port)" }

  /// The server's process id, nil while it is stopped.
  package var pid: Int32? { setup.server.pid }

  /// Makes a private bucket; one that exists already is no error.
  package nonisolated func makeBucket(_ name: String) async throws(LocalStackError) {
    guard let address = S3Endpoint(endpoint, pathStyle: true) else {
      throw LocalStackError(.refused, "\(endpoint) is not an S3 endpoint")
    }
    let client = S3Client(
      S3Configuration(
        endpoint: address, region: Self.region,
        credentials: S3Credentials(accessKeyID: accessKey, secretAccessKey: secretKey)))
    do {
      try await client.createBucket(name)
    } catch {
      throw LocalStackError(.refused, "the S3 server did not make the bucket \(name): \(error)")
    }
  }

  /// The `APPHUB_BUNDLE_STORAGE_*` variables for one of its buckets.
  package nonisolated func environment(bucket: String) -> [String: String] {
    let prefix = "APPHUB_BUNDLE_STORAGE"
    return [
      "\(prefix)_BACKEND": "s3", "\(prefix)_BUCKET": bucket, "\(prefix)_ENDPOINT": endpoint,
      "\(prefix)_PUBLIC_ENDPOINT": endpoint, "\(prefix)_REGION": Self.region,
      "\(prefix)_FORCE_PATH_STYLE": "true", "\(prefix)_ACCESS_KEY_ID": accessKey,
      "\(prefix)_SECRET_ACCESS_KEY": secretKey.reveal(),
    ]
  }

  /// Stops the server; its objects stay.
  package func stop() async { await setup.server.stop() }

  /// Starts a stopped server again, on the same port with the same objects.
  package func startAgain() async throws(LocalStackError) {
    if pid == nil { try await setup.launch(port: port, within: Self.startLimit) }
  }

  /// The same as `stop`, but at once and blocking: for exit handlers.
  package nonisolated func stopBlocking() { setup.server.stopBlocking(StopPlan([])) }
}
