/// An answer and how it reaches the client.
struct SpoiledAnswer {
  /// What happens behind the bytes.
  enum Ending {
    case goesOn, closes, resets, hangs
    case trickles(step: Int, pause: Int)
    case restarts(down: Int)
  }

  var response = StubResponse(status: 500)
  private(set) var ending = Ending.goesOn
  private let isHead: Bool
  /// Added to the Content-Length.
  private var lengthError = 0
  /// The body's bytes that leave; nil for all.
  private var cut: Int?

  init(isHead: Bool) { self.isHead = isHead }

  /// Spoils what was done and answered. Faults that stand in place of an answer are none of these.
  mutating func apply(_ fault: StubFault) {
    switch fault {
    case .truncate(let at): (cut, ending) = (at, .closes)
    case .resetAnswer(let at): (cut, ending) = (at, .resets)
    case .hangInAnswer(let at): (cut, ending) = (at, .hangs)
    case .restart(let at, let down): (cut, ending) = (at, .restarts(down: down))
    case .wrongLength(let by): (lengthError, ending) = (by, .closes)
    case .wrongChecksum:
      response.set("x-amz-checksum-sha256", ByteWords.base64([UInt8](repeating: 7, count: 32)))
    case .wrongETag: response.set("ETag", "\"0123456789abcdef0123456789abcdef\"")
    case .corrupt(let at):
      guard !response.body.isEmpty else { return }
      response.body[min(at, response.body.count - 1)] ^= 1
    case .replaceBody(let body): response.body = body
    case .trickle(let bytes, let every): ending = .trickles(step: max(1, bytes), pause: every)
    case .closeAfterwards: ending = .closes
    case .answer, .notHTTP, .resetBeforeBody, .resetInBody, .resetAfterBody, .hang, .errorIn200, .ignoreRange: break
    }
  }

  /// What is sent.
  var bytes: [UInt8] {
    let head = response.head(contentLength: max(0, response.body.count + lengthError))
    let body = isHead ? [] : response.body
    guard let cut else { return head + body }
    return body.isEmpty ? Array(head.prefix(head.count / 2)) : head + body.prefix(cut)
  }
}
