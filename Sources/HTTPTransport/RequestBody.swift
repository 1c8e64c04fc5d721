/// What is sent. Both kinds can be sent again from the start.
package enum RequestBody: Sendable {
  case bytes([UInt8])
  case source(any BodySource)

  /// Bytes to send.
  package var size: Int64 {
    switch self {
    case .bytes(let bytes): Int64(bytes.count)
    case .source(let source): source.size
    }
  }

  /// Called on the transport's thread, once the request's turn has come.
  func open() throws(TransportError) -> any BodyReader {
    switch self {
    case .bytes(let bytes): ByteReader(bytes)
    case .source(let source): try source.open()
    }
  }
}

/// A body that is not in memory: a file, or a part of one.
package protocol BodySource: Sendable {
  /// Bytes to send.
  var size: Int64 { get }

  /// Called on the transport's thread: return at once. What it returns is let go of as soon as the request has ended.
  func open() throws(TransportError) -> any BodyReader
}

/// Yields a body in order, in constant memory, on the transport's thread.
package protocol BodyReader: AnyObject {
  /// Bytes written into `buffer`; 0 at the end. An error ends the request before its last byte is sent.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TransportError) -> Int

  /// Goes back to the start.
  func rewind()
}

/// A body in memory.
private final class ByteReader: BodyReader {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func rewind() { offset = 0 }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let wanted = min(buffer.count, bytes.count - offset)
    guard wanted > 0 else { return 0 }
    bytes.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + wanted)]))
    }
    offset += wanted
    return wanted
  }
}
