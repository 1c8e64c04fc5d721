import BundleModel
import TestSupport
import Testing

/// S3 clients of others that copy folders.
enum OtherTool: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case aws, rclone, s3cmd
  var testDescription: String { rawValue }

  /// A tool with its settings for one bucket. Parts of 5 MiB, the smallest that servers take.
  struct Session {
    private let tool: OtherTool
    private let bucket: String
    private let program: String
    private let options: [String]
    private var environment: [String: String]

    init(_ tool: OtherTool, store: TestObjectStore, folder: TemporaryDirectory) throws {
      self.tool = tool
      bucket = store.bucket
      let secret = store.secretKey.reveal()
      environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder.path, "TMPDIR": folder.path]
      switch tool {
      case .aws:
        program = try TestTools.path("s3tools/bin/aws")
        options = []
        let settings = "[default]\ns3 =\n  multipart_threshold = 5MB\n  multipart_chunksize = 5MB\n"
        environment["AWS_CONFIG_FILE"] = try folder.write(settings, to: "aws")
        environment["AWS_ACCESS_KEY_ID"] = store.accessKey
        environment["AWS_SECRET_ACCESS_KEY"] = secret
        environment["AWS_ENDPOINT_URL"] = store.endpoint
        environment["AWS_DEFAULT_REGION"] = store.region
        environment["AWS_EC2_METADATA_DISABLED"] = "true"
      case .rclone:
        program = try TestTools.path("venv/bin/rclone")
        options = ["--config", "/dev/null"]
        let settings = [
          "TYPE": "s3", "PROVIDER": "Other", "ACCESS_KEY_ID": store.accessKey, "SECRET_ACCESS_KEY": secret,
          "ENDPOINT": store.endpoint, "REGION": store.region, "FORCE_PATH_STYLE": "true",
          "CHUNK_SIZE": "5Mi", "UPLOAD_CUTOFF": "5Mi",
        ]
        for (name, value) in settings { environment["RCLONE_CONFIG_THERE_\(name)"] = value }
      case .s3cmd:
        program = try TestTools.path("s3tools/bin/s3cmd")
        let host = store.endpoint.dropFirst("http://".count)
        let settings = """
          [default]
          access_key = \(store.accessKey)
          secret_key = \(secret)
          host_base = \(host)
          host_bucket = \(host)
          bucket_location = \(store.region)
          use_https = False
          multipart_chunk_size_mb = 5

          """
        options = ["--config", try folder.write(settings, to: "s3cmd", mode: 0o600), "--no-progress"]
      }
    }

    /// Copies every object below a prefix into a folder.
    func download(_ prefix: String, to folder: String) async throws {
      switch tool {
      case .aws: try await run("s3", "cp", "--recursive", "s3://\(bucket)/\(prefix)/", folder)
      case .rclone: try await run("copy", "there:\(bucket)/\(prefix)", folder)
      case .s3cmd: try await run("get", "--recursive", "s3://\(bucket)/\(prefix)/", "\(folder)/")
      }
    }

    /// Copies every file of a folder below a prefix.
    func upload(_ folder: String, to prefix: String) async throws {
      switch tool {
      case .aws: try await run("s3", "cp", "--recursive", folder, "s3://\(bucket)/\(prefix)/")
      case .rclone: try await run("copy", folder, "there:\(bucket)/\(prefix)")
      case .s3cmd: try await run("put", "--recursive", "\(folder)/", "s3://\(bucket)/\(prefix)/")
      }
    }

    private func run(_ arguments: String...) async throws {
      let result = try await Program.run(
        "timeout", ["120", program] + options + arguments, environment: environment)
      guard result.succeeded else {
        throw TestSupportError("\(tool) \(arguments) ended with \(result.status): \(result.output)\(result.errors)")
      }
    }
  }
}
