internal import BundleModel
internal import JSON

/// Why a request gets no success, as AppHub tells it. Source: contract section 1.
package struct APIError: Error, Sendable, CustomStringConvertible {
  package enum Detail: Equatable, Sendable {
    case message(String)
    /// What is wrong with the request's form, as zod's flattened object.
    case flattened(FlattenedError)
  }

  package var status: Int
  package var detail: Detail
  package var headers: HeaderFields

  package init(_ status: Int, _ detail: Detail, headers: HeaderFields = [:]) {
    self.status = status
    self.detail = detail
    self.headers = headers
  }

  package init(_ status: Int, _ message: String, headers: HeaderFields = [:]) {
    self.init(status, .message(message), headers: headers)
  }

  /// No token.
  package static var unauthorized: APIError {
    APIError(401, "authorization required", headers: ["www-authenticate": "Bearer realm=\"bundlepod\""])
  }
  /// A token that is wrong or may not do this.
  package static var forbidden: APIError { APIError(403, "forbidden") }
  package static func badRequest(_ message: String) -> APIError { APIError(400, message) }
  package static func notFound(_ message: String = "not found") -> APIError { APIError(404, message) }
  package static func conflict(_ message: String) -> APIError { APIError(409, message) }
  package static func unavailable(_ message: String) -> APIError {
    APIError(503, message, headers: ["retry-after": "1"])
  }
  /// Too many of these from one caller; `wait` until the next is taken.
  package static func tooMany(wait: Duration) -> APIError {
    let seconds = max(1, wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0))
    return APIError(429, "too many requests", headers: ["retry-after": "\(seconds)"])
  }
  /// The body has more bytes than the route takes.
  package static func tooLarge(limit: Int) -> APIError {
    APIError(413, "the body is larger than \(limit) bytes")
  }
  /// The form of the request is wrong.
  package static func invalid(_ complaints: FlattenedError) -> APIError { APIError(400, .flattened(complaints)) }

  /// The answer that tells it.
  package var answer: APIAnswer {
    var answer: APIAnswer
    switch detail {
    case .message(let text): answer = .error(status, text)
    case .flattened(let complaints):
      answer = .json(status) { json in
        json.object { json in
          json.name("error")
          complaints.write(to: &json)
        }
      }
    }
    for field in headers.fields { answer.headers.add(field.name, field.value) }
    return answer
  }

  package var description: String {
    switch detail {
    case .message(let text): "\(status) \(UntrustedText.line(text))"
    case .flattened: "\(status) invalid request"
    }
  }
}
