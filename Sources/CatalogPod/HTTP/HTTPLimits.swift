/// How much a client may take of a pod. What a request's body may be is its route's.
package struct HTTPLimits: Sendable {
  /// Bytes of one header field, and of the request's target.
  package var headerField: Int
  /// Bytes of all header fields together.
  package var headerList: Int
  package var headerCount: Int
  /// Connections at a time; more wait until one ends.
  package var connections: Int
  /// From the first byte that may come until the whole head of the first request is there.
  package var head: Duration
  /// The same for each next request of a connection, the pause before it included.
  package var idle: Duration
  /// From the head until the last byte of the body.
  package var body: Duration
  /// How long a client may take nothing of what it is sent.
  package var stall: Duration
  /// Bytes of a body that nobody wants, read so that the client sees the answer before the connection ends.
  package var unwanted: Int
  /// How long running requests may take when the pod is asked to go.
  package var goodbye: Duration

  package init(
    headerField: Int = 16 * 1024, headerList: Int = 32 * 1024, headerCount: Int = 100, connections: Int = 1024,
    head: Duration = .seconds(10), idle: Duration = .seconds(60), body: Duration = .seconds(30),
    stall: Duration = .seconds(30), unwanted: Int = 1 << 20, goodbye: Duration = .seconds(20)
  ) {
    self.headerField = headerField
    self.headerList = headerList
    self.headerCount = headerCount
    self.connections = connections
    self.head = head
    self.idle = idle
    self.body = body
    self.stall = stall
    self.unwanted = unwanted
    self.goodbye = goodbye
  }
}
