/// Where the body of a 2xx answer goes. Other bodies always go to memory, the first 64 KiB of them.
package enum ResponseSink: Sendable {
  /// Fails with `.tooLong` when the body is longer than `limit` bytes.
  case memory(limit: Int)
  /// Piece by piece as it comes, of any length.
  case receiver(any BodyReceiver)
}

/// Takes a body while it comes. Called on the transport's thread, by one request at a time: return at once.
package protocol BodyReceiver: AnyObject, Sendable {
  /// Takes the head of a success, also of one without a body. An error ends the request.
  func begin(status: Int, headers: HTTPHeaders) throws(TransportError)

  /// Takes bytes in order; they are only lent. An error ends the request.
  func write(_ piece: UnsafeRawBufferPointer) throws(TransportError)
}
