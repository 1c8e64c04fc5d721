import LocalStack
import TestSupport

/// Certificates of a made-up authority and servers that show them: `openssl s_server`, which answers each GET
/// with a page about the connection.
final class TLSServer: Sendable {
  let port: Int
  private let process: ManagedProcess

  /// Files of an authority that nobody else believes, and of a server certificate that it signed.
  struct Certificates: Sendable {
    let directory: TemporaryDirectory
    var authority: String { directory.path + "/ca.pem" }
    var folder: String { directory.path + "/folder" }

    /// - Parameter name: what the server's certificate is for, as subjectAltName says it.
    init(for name: String = "IP:127.0.0.1,DNS:localhost") async throws {
      directory = try TemporaryDirectory()
      try directory.makeFolder("folder")
      let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
      let script = """
        set -e
        openssl req -x509 \(key) -keyout ca.key -out ca.pem -days 2 -subj '/CN=made-up authority'
        openssl req -x509 -CA ca.pem -CAkey ca.key \(key) -keyout server.key -out server.pem -days 2 \
          -subj '/CN=server' -addext subjectAltName=\(name)
        cp ca.pem folder/ca.pem
        openssl rehash folder
        """
      let result = try await Program.run("sh", ["-c", script], workingDirectory: directory.path)
      guard result.succeeded else { throw TestSupportError("no certificates: \(result.errors)") }
    }
  }

  /// Starts a server on a free port.
  init(_ certificates: Certificates, _ arguments: [String] = []) async throws {
    let directory = certificates.directory
    let log = "\(directory.path)/log\(UInt32.random(in: 0...UInt32.max))"
    process = try ManagedProcess.start(
      ManagedProcess.Command(
        "openssl",
        ["s_server", "-accept", "127.0.0.1:0", "-cert", "server.pem", "-key", "server.key", "-www"] + arguments,
        environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"], workingDirectory: directory.path, logFile: log))
    let process = process
    do {
      port =
        try await eventually(
          within: .seconds(60), "openssl s_server listens",
          {
            try TestFile.read(log).split(separator: "\n").compactMap { line in
              line.hasPrefix("ACCEPT ") ? line.split(separator: ":").last.flatMap { Int($0) } : nil
            }.first
          }, until: { $0 != nil }) ?? 0
    } catch {
      process.kill(9)
      throw error
    }
  }

  deinit { process.kill(9) }
}
