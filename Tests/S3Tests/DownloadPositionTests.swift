import HTTPTransport
import Testing

@testable import S3

@Suite struct DownloadPositionTests {
  private func head(_ lines: String...) -> HTTPHeaders {
    var headers = HTTPHeaders()
    for line in lines { Array(line.utf8).withUnsafeBytes { headers.append(line: $0) } }
    return headers
  }

  /// Four of ten bytes have come.
  private var begun: DownloadPosition {
    var position = DownloadPosition()
    _ = position.take(status: 200, headers: head("ETag: \"a\"", "Content-Length: 10"), asked: 0)
    position.advance(by: 4)
    return position
  }

  @Test func asksForTheRestOfTheSameObject() {
    #expect(DownloadPosition().headers.isEmpty)
    #expect(begun.headers == [HTTPHeader("Range", "bytes=4-"), HTTPHeader("If-Match", "\"a\"")])
  }

  @Test(arguments: ["ETag: W/\"a\"", "ETag: \"\"", "X: y"]) func aNamelessObjectIsFetchedAnew(_ line: String) {
    var position = DownloadPosition()
    _ = position.take(status: 200, headers: head(line), asked: 0)
    position.advance(by: 4)
    #expect(!position.canContinue && position.headers.isEmpty)
  }

  @Test func nothingIsLeftToAskFor() {
    var position = begun
    position.advance(by: 6)
    #expect(!position.canContinue)
  }

  struct Answer: Sendable {
    var range: String?
    var etag: String? = "\"a\""
    var length: Int?
    var verdict: String
  }

  @Test(arguments: [
    Answer(range: "bytes 4-9/10", length: 6, verdict: "rest"), Answer(range: "bytes 4-9/*", verdict: "rest"),
    Answer(range: "Bytes 4-7/10", verdict: "rest"), Answer(range: "bytes 4-9/10", etag: nil, verdict: "rest"),
    Answer(range: "bytes 4-9/10", etag: "a", verdict: "rest"),
    Answer(range: "bytes 4-9/10", etag: "\"b\"", verdict: "changed"),
    Answer(range: "bytes 4-9/10", etag: "W/\"a\"", verdict: "changed"),
    Answer(range: "bytes 0-9/10", verdict: "lie"), Answer(range: "bytes 5-9/10", verdict: "lie"),
    Answer(range: "bytes 4-9/11", verdict: "lie"), Answer(range: nil, verdict: "lie"),
    Answer(range: "bytes 4-9/10", length: 10, verdict: "lie"), Answer(range: "bytes */10", verdict: "lie"),
    Answer(range: "lines 4-9/10", verdict: "lie"), Answer(range: "bytes 4-3/10", verdict: "lie"),
    Answer(range: "bytes 4-10/10", verdict: "lie"),
    Answer(range: "bytes 4-99999999999999999999/*", verdict: "lie"),
  ])
  func judgesParts(_ answer: Answer) {
    var headers: [String] = []
    if let range = answer.range { headers.append("Content-Range: \(range)") }
    if let etag = answer.etag { headers.append("ETag: \(etag)") }
    if let length = answer.length { headers.append("Content-Length: \(length)") }
    var all = HTTPHeaders()
    for line in headers { Array(line.utf8).withUnsafeBytes { all.append(line: $0) } }
    var position = begun
    let verdict = position.take(status: 206, headers: all, asked: 4)
    #expect("\(verdict)".hasPrefix(answer.verdict))
    #expect(position.offset == 4)
  }

  @Test(arguments: [(206, "bytes 0-9/10"), (206, "bytes 4-9/10"), (200, "bytes 4-9/10"), (200, "nonsense")])
  func aPartThatNobodyAskedFor(_ status: Int, _ range: String) {
    var position = DownloadPosition()
    let verdict = position.take(status: status, headers: head("Content-Range: \(range)"), asked: 0)
    #expect("\(verdict)".hasPrefix("lie"))
  }

  /// rclone sends the rest under a 200; to take it for the whole would be to lose the beginning.
  @Test func aPartUnderA200() {
    var position = begun
    let rest = head("Content-Range: bytes 4-9/10", "ETag: \"a\"", "Content-Length: 6")
    #expect(position.take(status: 200, headers: rest, asked: 4) == .rest)
    #expect(position.offset == 4 && position.total == 10)
    let whole = head("Content-Range: bytes 0-9/10", "ETag: \"a\"", "Content-Length: 10")
    #expect(position.take(status: 200, headers: whole, asked: 4) == .fromStart)
  }

  @Test func aWholeAnswerStartsOver() {
    var position = begun
    let verdict = position.take(status: 200, headers: head("ETag: \"b\"", "Content-Length: 7"), asked: 4)
    #expect(verdict == .fromStart)
    #expect(position.offset == 0 && position.total == 7 && position.etag == "b")
  }
}
