/// One route, as data: the router, access, validation, the OpenAPI document, logs and metrics are made of it.
package struct Route: Sendable {
  package typealias Handler = @Sendable (APIRequest, PathParameters, PodServices) async throws -> APIAnswer

  /// Who may ask.
  package enum Access: Equatable, Sendable {
    /// Everybody, without a token.
    case open
    /// Who has a token with the scope; asked before anything else of the request is looked at.
    case scope(Scope)
    /// Who has a token with the scope, or comes by a signed link (`expires`, `token`), which the handler checks.
    case scopeOrLink(Scope)
    /// The handler decides, with `APIRequest.require`.
    case handler

    /// Whether a request without a token may be answered.
    package var allowsAnonymous: Bool { if case .scope = self { false } else { true } }
  }

  /// Where a route is offered.
  package enum Listener: Hashable, Sendable {
    /// The address that clients know.
    case api
    /// The address that only the cluster's own monitoring reaches.
    case metrics
  }

  /// What a request brings, when it brings JSON.
  package struct RequestBody: Sendable {
    package var schema: Schema
    package var isRequired: Bool
    /// The most bytes; more are refused with 413.
    package var limit: Int

    package init(_ schema: Schema, isRequired: Bool = true, limit: Int = 64 * 1024) {
      self.schema = schema
      self.isRequired = isRequired
      self.limit = limit
    }
  }

  package var method: HTTPMethod
  package var pattern: PathPattern
  /// The name of the operation, in camel case: OpenAPI, logs.
  package var operationID: String
  /// What it does, one sentence.
  package var summary: String
  package var access: Access
  package var listeners: Set<Listener>
  /// Query, header and path parameters; those of the path must be the pattern's.
  package var parameters: [ParameterSpec]
  package var body: RequestBody?
  /// What it answers; failures that the router makes by itself are added by `documentedResponses`.
  package var responses: [ResponseSpec]
  /// How long the handler may take until it has an answer; a streamed body goes on after it.
  package var deadline: Duration
  /// How often one caller may ask; nil: as often as it likes.
  package var rate: Rate?
  package var handle: Handler

  package init(
    _ method: HTTPMethod, _ pattern: String, operationID: String, summary: String, access: Access,
    listeners: Set<Listener> = [.api], parameters: [ParameterSpec] = [], body: RequestBody? = nil,
    responses: [ResponseSpec], deadline: Duration = .seconds(10), rate: Rate? = nil, handle: @escaping Handler
  ) {
    self.method = method
    self.pattern = PathPattern(pattern)
    self.operationID = operationID
    self.summary = summary
    self.access = access
    self.listeners = listeners
    self.parameters = parameters
    self.body = body
    self.responses = responses
    self.deadline = deadline
    self.rate = rate
    self.handle = handle
  }

  /// The route's own answers and those of the router, by status.
  package var documentedResponses: [ResponseSpec] {
    var all = responses
    func add(_ status: Int, _ summary: String) {
      if !all.contains(where: { $0.status == status }) { all.append(.error(status, summary)) }
    }
    if !parameters.isEmpty || body != nil { add(400, "The request's form is wrong.") }
    if access != .open {
      add(401, "No token.")
      add(403, "The token is wrong or may not do this.")
    }
    if body != nil {
      add(413, "The body is too large.")
      add(415, "The body is not JSON.")
    }
    if rate != nil { add(429, "Too many requests from this caller.") }
    add(500, "The pod failed.")
    add(503, "Something that the answer needs cannot be reached in time.")
    return all.sorted { $0.status < $1.status }
  }
}
