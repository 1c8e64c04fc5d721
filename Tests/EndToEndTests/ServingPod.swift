import BundleModel
import HTTPTransport
import TestSupport

/// A pod that answers HTTP, and a client that has the tokens for it.
struct ServingPod: Sendable {
  /// Whose token a request carries.
  enum Asker: Sendable {
    case nobody, reader, writer
  }

  let pod: PodProcess
  /// Where the API is.
  let port: Int
  /// Where metrics and health are.
  let metricsPort: Int
  let tokens: PodTokens
  private let client = HTTPClient()

  init(_ pod: PodProcess, port: Int, metricsPort: Int, tokens: PodTokens) {
    self.pod = pod
    self.port = port
    self.metricsPort = metricsPort
    self.tokens = tokens
  }

  /// `http://127.0.0.1:PORT`, without a slash at its end.
  var url: String { "http://127.0.0.1:\(port)" }
  /// The same of metrics and health.
  var metricsURL: String { "http://127.0.0.1:\(metricsPort)" }

  /// The header field that says who asks; none for nobody.
  func authorization(_ asker: Asker) -> [HTTPHeader] {
    switch asker {
    case .nobody: []
    case .reader: [HTTPHeader("authorization", "Bearer \(tokens.reader.reveal())")]
    case .writer: [HTTPHeader("authorization", "Bearer \(tokens.writer.reveal())")]
    }
  }

  /// The same as a line of a request's head.
  func line(_ asker: Asker) -> String {
    authorization(asker).map { "\($0.name): \($0.value)\r\n" }.joined()
  }

  /// Asks for a path, or for a whole URL such as one of `metricsURL`; an answer of any status returns.
  func get(
    _ path: String, as asker: Asker = .reader, headers: [HTTPHeader] = [], method: HTTPRequest.Method = .get
  ) async throws -> HTTPResponse {
    try await send(method, path, asker, headers, body: nil)
  }

  /// Sends a JSON document, or nothing.
  func post(
    _ path: String, _ json: String? = nil, as asker: Asker = .writer, headers: [HTTPHeader] = []
  ) async throws -> HTTPResponse {
    let kind = json == nil ? [] : [HTTPHeader("content-type", "application/json")]
    return try await send(.post, path, asker, headers + kind, body: json.map { .bytes(Array($0.utf8)) })
  }

  private func send(
    _ method: HTTPRequest.Method, _ path: String, _ asker: Asker, _ headers: [HTTPHeader], body: RequestBody?
  ) async throws -> HTTPResponse {
    try await client.send(
      HTTPRequest(
        method, path.hasPrefix("/") ? url + path : path, headers: authorization(asker) + headers, body: body,
        sink: .memory(limit: 64 << 20), limits: .within(.seconds(60))))
  }

  /// The document that a path answers with 200.
  func json(_ path: String, as asker: Asker = .reader) async throws -> JSON {
    let answer = try await get(path, as: asker)
    guard answer.status == 200 else { throw TestSupportError("\(path) answers \(answer.status) \(answer.text)") }
    return try JSON(parsing: answer.text)
  }
}

extension HTTPResponse {
  /// The body as text.
  var text: String { String(decoding: body, as: UTF8.self) }
}
