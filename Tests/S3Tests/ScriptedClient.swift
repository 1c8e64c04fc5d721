import BundleModel
import HTTPTransport
import ProcessControl
import TestSupport
import Testing

@testable import S3

/// A client that repeats quickly, for servers of the tests.
func scriptedClient(
  at address: String, retry: RetryPolicy = RetryPolicy(base: .milliseconds(1), cap: .milliseconds(50)),
  region: String = "us-east-1", response: Duration = .seconds(20), trust: TLSTrust = TLSTrust(),
  proxy: HTTPProxy? = nil, now: @escaping @Sendable () -> Timestamp = ThisProcess.now
) throws -> S3Client {
  let endpoint = try #require(S3Endpoint(address, pathStyle: true))
  return S3Client(
    S3Configuration(
      endpoint: endpoint, region: region,
      credentials: S3Credentials(accessKeyID: "AKID", secretAccessKey: Secret("a-very-secret-key")),
      limits: CallLimits(response: response, retry: retry), trust: trust, proxy: proxy), now: now)
}

/// The same of a server with a script.
func scriptedClient(
  of server: ScriptedServer, retry: RetryPolicy = RetryPolicy(base: .milliseconds(1), cap: .milliseconds(50)),
  response: Duration = .seconds(20), now: @escaping @Sendable () -> Timestamp = ThisProcess.now
) throws -> S3Client {
  try scriptedClient(at: "http://127.0.0.1:\(server.port)", retry: retry, response: response, now: now)
}

/// The region that a request was signed for.
func signedRegion(_ request: ScriptedServer.Request?) -> String? {
  let scope = request?.header("authorization")?.split(separator: "/").map(String.init)
  return scope.flatMap { $0.count > 2 ? $0[2] : nil }
}
