/// What a request wants done (RFC 9110 section 9.3).
package enum HTTPMethod: String, Sendable {
  case get = "GET"
  case head = "HEAD"
  case post = "POST"
  case options = "OPTIONS"
  /// One that no route has: answered with 405.
  case other = ""

  /// The method of a request line; names differ by case.
  package init(named name: String) { self = HTTPMethod(rawValue: name) ?? .other }
}
