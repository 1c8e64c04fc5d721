internal import HummingbirdCore
internal import NIOCore
internal import PodAPI

/// Writes a body piece by piece to one connection.
///
/// Unchecked: hummingbird's writer is a sendable value behind an opaque type, and one task at a time writes a body.
final class ResponseSink: ByteSink, @unchecked Sendable {
  /// Bytes that go out at once. A client counts as stalled until about as much has been taken, so what is written in
  /// one piece decides how slow a client may be.
  static let pieceSize = 128 * 1024

  private var writer: any ResponseBodyWriter
  /// Bytes written so far.
  private(set) var count: Int64 = 0

  init(_ writer: any ResponseBodyWriter) { self.writer = writer }

  func write(_ bytes: [UInt8]) async throws {
    for piece in ResponseSink.pieces(of: bytes.count) {
      try Task.checkCancellation()
      try await writer.write(ByteBuffer(bytes: bytes[piece]))
      count += Int64(piece.count)
    }
  }

  /// What so many bytes are written in.
  static func pieces(of count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: pieceSize).map { $0..<min(count, $0 + pieceSize) }
  }

  /// Says that the body is complete.
  func finish() async throws { try await writer.finish(nil) }
}
