import BundleModel
import HTTPTransport
import ProcessControl
import S3Stub

@testable import S3

/// A client of a stub, with the right keys unless others are given.
struct StubClient {
  var stub: S3Stub
  var region = "us-east-1"
  var pathStyle = true
  var token: String?
  var limits = CallLimits(retry: RetryPolicy(base: .milliseconds(1), cap: .milliseconds(5)))

  init(_ stub: S3Stub) { self.stub = stub }

  static let accessKey = S3Stub.Settings().accessKey
  static let secret = S3Stub.Settings().secretKey

  var credentials: S3Credentials {
    S3Credentials(
      accessKeyID: StubClient.accessKey, secretAccessKey: Secret(StubClient.secret),
      sessionToken: token.map { Secret($0) })
  }

  var endpoint: S3Endpoint {
    S3Endpoint("http://\(pathStyle ? "127.0.0.1" : "localhost"):\(stub.port)", pathStyle: pathStyle)!
  }

  func make(now: @escaping @Sendable () -> Timestamp = ThisProcess.now) -> S3Client {
    S3Client(
      S3Configuration(endpoint: endpoint, region: region, credentials: credentials, limits: limits), now: now)
  }

  /// A request's bytes as they would be sent, signed, so that a test can alter them.
  func bytes(
    _ method: HTTPRequest.Method, key: String?, body: [UInt8] = [], query: [(name: String, value: String)] = [],
    headers: [HTTPHeader] = [], payloadHash: String? = nil, at moment: Timestamp = ThisProcess.now()
  ) -> [UInt8] {
    let signable = SignableRequest(
      method: method.rawValue, authority: endpoint.authority(bucket: "bucket"),
      path: endpoint.path(bucket: "bucket", key: key), query: query, headers: headers)
    let signer = SignatureV4(credentials: credentials, region: region)
    let signed = signer.headers(
      signing: signable, payloadHash: payloadHash ?? ByteText.hex(StubDigest.sha256(body)), at: moment)
    var target = String(decoding: signable.path, as: UTF8.self)
    if !query.isEmpty { target += "?" + String(decoding: SignatureV4.sorted(query), as: UTF8.self) }
    var lines = ["\(method.rawValue) \(target) HTTP/1.1", "Host: \(signable.authority)"]
    lines += (headers + signed).map { "\($0.name): \($0.value)" }
    if method == .put || method == .post { lines.append("Content-Length: \(body.count)") }
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
  }
}
