/// A complete answer.
package struct HTTPResponse: Sendable {
  package var status: Int
  package var headers: HTTPHeaders
  /// Empty when the bytes went elsewhere.
  package var body: [UInt8]
  /// Length of the body, wherever it went.
  package var received: Int64

  package init(status: Int, headers: HTTPHeaders, body: [UInt8], received: Int64) {
    self.status = status
    self.headers = headers
    self.body = body
    self.received = received
  }

  /// 200 to 299.
  package var isSuccess: Bool { (200...299).contains(status) }
}
