internal import Logging

/// Finds the route of a request, asks who it is, holds the request against the route's form, and runs its handler.
///
/// In two steps, so that no byte of a body is read for a request that is refused anyway: `admit`, then `run`.
package final class Router: Sendable {
  /// A request that its route takes; the body may be read now.
  package struct Admitted: Sendable {
    package var request: APIRequest
    package let route: Route
    let parameters: PathParameters
    let started: ContinuousClock.Instant

    /// The most bytes of body that are wanted.
    package var bodyLimit: Int { route.body?.limit ?? 0 }
  }

  /// What became of a request whose head is known.
  package enum Admission: Sendable {
    case admitted(Admitted)
    /// Refused, or answered already.
    case answered(APIAnswer)
  }

  private let routes: [Route]
  private let services: PodServices
  private let limiter = RateLimiter()

  /// - Parameters:
  ///   - routes: all routes; those of `listener` are taken.
  package init(_ routes: [Route] = RouteTable.all, listener: Route.Listener = .api, services: PodServices) {
    self.routes = routes.filter { $0.listeners.contains(listener) }
    self.services = services
  }

  /// Both steps, for a request whose body is there already.
  package func answer(_ request: APIRequest) async -> APIAnswer {
    switch await admit(request) {
    case .answered(let answer): return answer
    case .admitted(var admitted):
      admitted.request.body = request.body
      return await run(admitted)
    }
  }

  /// Looks at the head of a request: route, method, caller, rate, parameters.
  package func admit(_ request: APIRequest) async -> Admission {
    let started = ContinuousClock.now
    var request = request
    let route: Route
    let parameters: PathParameters
    switch find(request) {
    case .none(let answer): return .answered(finish(answer, request, nil, started))
    case .route(let found, let values): (route, parameters) = (found, values)
    }
    do throws(APIError) {
      request.identity = await services.access.identify(request.headers)
      switch route.access {
      case .scope(let scope): _ = try request.require(scope)
      case .scopeOrLink(let scope):
        if request.query["expires"] == nil, request.query["token"] == nil { _ = try request.require(scope) }
      case .open, .handler: break
      }
      if let rate = route.rate,
        let wait = limiter.take(operation: route.operationID, caller: request.callerName, rate, at: started)
      {
        throw .tooMany(wait: wait)
      }
      let complaints = route.complaints(about: request, parameters)
      guard complaints.isEmpty else { throw .invalid(complaints) }
      return .admitted(Admitted(request: request, route: route, parameters: parameters, started: started))
    } catch {
      return .answered(finish(error.answer, request, route, started))
    }
  }

  /// Runs the handler of an admitted request, whose body has been read by now.
  package func run(_ admitted: Admitted) async -> APIAnswer {
    var request = admitted.request
    let route = admitted.route
    let answer: APIAnswer
    do {
      request.json = try route.document(of: request)
      let (ready, parameters, services) = (request, admitted.parameters, services)
      answer = try await within(route.deadline) { try await route.handle(ready, parameters, services) }
    } catch {
      answer = failure(error, request, route).answer
    }
    return finish(answer, request, route, admitted.started)
  }

  /// The answer to an admitted request whose body cannot be taken.
  package func refuse(_ admitted: Admitted, _ error: APIError) -> APIAnswer {
    finish(error.answer, admitted.request, admitted.route, admitted.started)
  }

  /// The answer to a request whose target cannot be read.
  package func refuseMalformed(_ method: HTTPMethod, _ headers: HeaderFields) -> APIAnswer {
    let request = APIRequest(method, .malformed, headers: headers)
    return finish(APIError.badRequest("the request's target cannot be read").answer, request, nil, .now)
  }

  private enum Found {
    case route(Route, PathParameters)
    /// No route takes the request; this says why, or which methods there are.
    case none(APIAnswer)
  }

  private func find(_ request: APIRequest) -> Found {
    var allowed: Set<HTTPMethod> = []
    for route in routes {
      guard let parameters = route.pattern.match(request.target.path) else { continue }
      if route.method == request.method || (request.method == .head && route.method == .get) {
        return .route(route, parameters)
      }
      allowed.insert(route.method)
    }
    guard !allowed.isEmpty else { return .none(APIError.notFound().answer) }
    allowed.insert(.options)
    if allowed.contains(.get) { allowed.insert(.head) }
    let allow = allowed.map(\.rawValue).sorted().joined(separator: ", ")
    guard request.method == .options else {
      return .none(APIError(405, "method not allowed", headers: ["allow": allow]).answer)
    }
    var answer = APIAnswer(204, headers: ["allow": allow])
    services.origins.answerPreflight(request, allow: allow, &answer)
    return .none(answer)
  }

  /// A failure in words that give nothing away; the log has the cause.
  private func failure(_ error: any Error, _ request: APIRequest, _ route: Route) -> APIError {
    if let error = error as? APIError { return error }
    let told = APIError(covering: error)
    services.log.error(
      "a request failed",
      metadata: ["request": "\(request.id)", "operation": "\(route.operationID)", "error": "\(error)"])
    return told
  }

  /// What every answer has, and what is kept of it.
  private func finish(
    _ answer: APIAnswer, _ request: APIRequest, _ route: Route?, _ started: ContinuousClock.Instant
  ) -> APIAnswer {
    var answer = answer
    answer.headers.setDefault("cache-control", "no-store")
    answer.headers.setDefault("x-content-type-options", "nosniff")
    answer.headers["date"] = HTTPDate.text(services.now())
    answer.headers["x-request-id"] = request.id.text
    services.origins.mark(&answer, for: request)
    if request.method == .head { answer.dropBody() }
    let record = RequestRecord(
      id: request.id, method: request.method, route: route, status: answer.status, caller: request.identity.name,
      took: ContinuousClock.now - started)
    services.metrics.answered(record)
    services.observe(record)
    return answer
  }
}
