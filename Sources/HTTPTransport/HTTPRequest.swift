/// One HTTP request, fully encoded. The URL and the headers may hold secrets: of them only the origin is ever shown.
package struct HTTPRequest: Sendable {
  package enum Method: String, Sendable {
    case get = "GET"
    case head = "HEAD"
    case put = "PUT"
    case post = "POST"
    case delete = "DELETE"
  }

  package var method: Method
  /// Percent-encoded; sent as it is.
  package var url: String
  package var headers: [HTTPHeader]
  package var body: RequestBody?
  package var sink: ResponseSink
  package var limits: TransferLimits

  package init(
    _ method: Method, _ url: String, headers: [HTTPHeader] = [], body: RequestBody? = nil,
    sink: ResponseSink = .memory(limit: 64 * 1024), limits: TransferLimits
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.sink = sink
    self.limits = limits
  }
}

extension HTTPRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// `GET http://host:port`, fit to be shown.
  package var description: String {
    var end = url.startIndex
    for _ in 0..<3 {
      guard let slash = url[end...].firstIndex(of: "/") else { return method.rawValue }
      end = url.index(after: slash)
    }
    guard let origin = HTTPOrigin(String(url[..<end])) else { return method.rawValue }
    return "\(method.rawValue) \(origin)"
  }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}
