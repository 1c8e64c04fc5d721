import Testing

@testable import CatalogPod

@Suite("What a body is written in")
struct ResponseSinkTests {
  @Test("a long body goes out in pieces, so that a slow client is not taken for one that stalls")
  func pieces() {
    let size = ResponseSink.pieceSize
    let table: [(Int, [Range<Int>])] = [
      (0, []), (1, [0..<1]), (size, [0..<size]), (size + 1, [0..<size, size..<(size + 1)]),
      (2 * size, [0..<size, size..<(2 * size)]),
    ]
    for (count, pieces) in table { #expect(ResponseSink.pieces(of: count) == pieces) }
  }
}
