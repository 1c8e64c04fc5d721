package import JSON

/// One request, read and decoded. Its descriptions show no header value, no query value and no body.
package struct APIRequest: Sendable, CustomStringConvertible, CustomReflectable {
  package var method: HTTPMethod
  package var target: RequestTarget
  package var headers: HeaderFields
  /// The whole body, collected up to the route's limit; empty where the route takes none.
  package var body: [UInt8]
  /// The body, parsed and held against the route's schema; null where the route takes none or it was left out.
  package var json: JSONValue = .null
  package var id: RequestID
  /// Who asks, as far as the token says; set by the router.
  package var identity: Identity = .anonymous
  /// The other end of the connection, numeric; nil where unknown.
  package var remoteAddress: String?

  package init(
    _ method: HTTPMethod, _ target: RequestTarget, headers: HeaderFields = [:], body: [UInt8] = [],
    remoteAddress: String? = nil
  ) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
    self.remoteAddress = remoteAddress
    id = headers["x-request-id"].flatMap { RequestID($0) } ?? RequestID()
  }

  /// The query, decoded.
  package var query: QueryItems { target.query }

  /// Who asks, when it may do what `scope` allows. For routes whose handler decides about access.
  package func require(_ scope: Scope) throws(APIError) -> Caller {
    switch identity {
    case .anonymous: throw .unauthorized
    case .refused: throw .forbidden
    case .caller(let caller):
      guard caller.scopes.contains(scope) else { throw .forbidden }
      return caller
    }
  }

  /// What rates are counted by: the token's name, else where the request came from.
  package var callerName: String { identity.name ?? remoteAddress ?? "" }

  package var description: String { "\(method.rawValue) request \(id)" }
  package var customMirror: Mirror { Mirror(self, children: ["id": id, "method": method]) }
}
