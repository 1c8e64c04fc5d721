internal import HummingbirdCore
internal import NIOCore
internal import PodAPI

/// Writes a body piece by piece to one connection.
///
/// Unchecked: hummingbird's writer is a sendable value behind an opaque type, and one task at a time writes a body.
final class ResponseSink: ByteSink, @unchecked Sendable {
  private var writer: any ResponseBodyWriter
  /// Bytes written so far.
  private(set) var count: Int64 = 0

  init(_ writer: any ResponseBodyWriter) { self.writer = writer }

  func write(_ bytes: [UInt8]) async throws {
    guard !bytes.isEmpty else { return }
    try Task.checkCancellation()
    try await writer.write(ByteBuffer(bytes: bytes))
    count += Int64(bytes.count)
  }

  /// Says that the body is complete.
  func finish() async throws { try await writer.finish(nil) }
}
