internal import BundleModel

/// An event as every client gets it.
struct EncodedEvent: Equatable, Sendable {
  var position: EventPosition
  /// Its lines in the stream, with the empty one behind.
  var bytes: [UInt8]
}
