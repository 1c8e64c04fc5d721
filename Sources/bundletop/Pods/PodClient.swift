internal import BundleModel
internal import HTTPTransport
internal import JSON

/// Asks pods over HTTP. The token goes to the pods that the operator named and nowhere else: no request takes a URL
/// from anybody, and no redirect is followed.
struct PodClient: Sendable {
  /// Where the named pods answer.
  let origins: [HTTPOrigin]
  private let token: Secret<String>?
  private let http = HTTPClient()

  /// - Parameter token: nil asks as nobody.
  init(_ origins: [HTTPOrigin], token: Secret<String>?) {
    self.origins = origins
    self.token = token
  }

  /// Asks one pod; an answer of any status returns.
  ///
  /// - Parameters:
  ///   - path: begins with `/`, encoded.
  ///   - body: a JSON document; nil sends none.
  func send(
    _ method: HTTPRequest.Method, _ path: String, body: [UInt8]? = nil, headers: [HTTPHeader] = [],
    to origin: HTTPOrigin, limit: Int = 64 * 1024, deadline: Duration = .seconds(15)
  ) async throws -> HTTPResponse {
    precondition(origins.contains(origin) && path.hasPrefix("/"), "only the pods that the operator named are asked")
    var fields = headers
    if let token { fields.append(HTTPHeader("Authorization", token.map { "Bearer \($0)" })) }
    if body != nil { fields.append(HTTPHeader("Content-Type", "application/json")) }
    let request = HTTPRequest(
      method, "\(origin)\(path)", headers: fields, body: body.map { .bytes($0) }, sink: .memory(limit: limit),
      limits: .within(deadline))
    do throws(TransportError) {
      return try await http.send(request)
    } catch {
      try Task.checkCancellation()
      throw CommandFailure(.unavailable, "pod \(origin) cannot be asked: \(error.detail)")
    }
  }

  /// The document of the first pod that answers properly; one that is away or fails passes the question on, so ask
  /// this way only what may be asked twice.
  func ask(_ method: HTTPRequest.Method, _ path: String, body: [UInt8]? = nil) async throws -> (
    origin: HTTPOrigin, document: JSONValue
  ) {
    var last = CommandFailure(.unavailable, "no pod is known")
    for origin in origins {
      do {
        let response = try await send(method, path, body: body, to: origin)
        if let document = try? JSONValue(parsing: response.body), response.isSuccess { return (origin, document) }
        last = Self.failure(response, origin)
        guard last.status == .unavailable else { break }
      } catch let failure as CommandFailure {
        last = failure
      }
    }
    throw last
  }

  /// What an answer that is no success means.
  static func failure(_ response: HTTPResponse, _ origin: HTTPOrigin) -> CommandFailure {
    var said = "status \(response.status)"
    if case .object(let body)? = try? JSONValue(parsing: response.body), case .string(let text)? = body["error"] {
      said = "\(text) (\(response.status))"
    }
    switch response.status {
    case 200...299: return CommandFailure(.unavailable, "pod \(origin) answers something that is no JSON")
    case 401, 403: return CommandFailure(.denied, "pod \(origin) refuses: \(said); see BUNDLETOP_TOKEN")
    case 429:
      let wait = response.headers["retry-after"].flatMap { Int($0) }.map { "; again in \($0) s" } ?? ""
      return CommandFailure(.unavailable, "pod \(origin) says: \(said)\(wait)")
    case 500...: return CommandFailure(.unavailable, "pod \(origin) says: \(said)")
    default: return CommandFailure(.failed, "pod \(origin) says: \(said)")
    }
  }
}
