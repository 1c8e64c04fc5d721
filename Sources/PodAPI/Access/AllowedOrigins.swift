/// The web pages of which a browser may let scripts read answers (CORS); none unless configured.
///
/// Source: the Fetch standard, section "CORS protocol".
package struct AllowedOrigins: Sendable {
  private let origins: Set<String>

  /// - Parameter origins: scheme, host and port each, such as `https://apphub.example`.
  package init(_ origins: [String] = []) { self.origins = Set(origins) }

  /// Answers the question that a browser asks before a request that is not simple.
  func answerPreflight(_ request: APIRequest, allow: String, _ answer: inout APIAnswer) {
    guard request.headers["access-control-request-method"] != nil, allowed(request) != nil else { return }
    answer.headers["access-control-allow-methods"] = allow
    answer.headers["access-control-allow-headers"] = "authorization, content-type, last-event-id, x-request-id"
    answer.headers["access-control-max-age"] = "600"
  }

  /// Lets the page that asked read the answer.
  func mark(_ answer: inout APIAnswer, for request: APIRequest) {
    guard !origins.isEmpty else { return }
    answer.headers.add("vary", "origin")
    guard let origin = allowed(request) else { return }
    answer.headers["access-control-allow-origin"] = origin
    answer.headers["access-control-expose-headers"] = "bundle-pod, bundle-snapshot, etag, retry-after, x-request-id"
  }

  private func allowed(_ request: APIRequest) -> String? {
    request.headers["origin"].flatMap { origins.contains($0) ? $0 : nil }
  }
}
