/// What is kept of one answered request, for logs and metrics: nothing that a caller wrote but its request id.
package struct RequestRecord: Sendable {
  package var id: RequestID
  package var method: HTTPMethod
  /// Nil when no route took it.
  package var route: Route?
  package var status: Int
  /// The name of its token.
  package var caller: String?
  /// From the head to the answer's head; a streamed body goes on after it.
  package var took: Duration
}
