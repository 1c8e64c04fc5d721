/// What goes wrong with one request.
package enum StubFault: Sendable {
  // Instead of doing what was asked.

  /// An answer of any kind.
  case answer(Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [])
  /// Bytes that are not HTTP, then the end of the connection.
  case notHTTP
  /// A reset before any byte of the body was read; where there is none, before the answer.
  case resetBeforeBody
  /// A reset when this many bytes of the body have come; where there are fewer, at their end.
  case resetInBody(after: Int)

  // After doing it, or not.

  /// A reset in place of the answer.
  case resetAfterBody(isDone: Bool)
  /// Silence until the client goes away.
  case hang(isDone: Bool)
  /// Status 200 with an `<Error>` document.
  case errorIn200(String, isDone: Bool)

  // After doing it.

  /// The answer's body ends after this many bytes of what its length promises; one without a body ends in its head.
  case truncate(at: Int)
  /// The same by a reset.
  case resetAnswer(at: Int)
  /// The same by silence.
  case hangInAnswer(at: Int)
  /// A Content-Length that is off; past the end of the body the connection ends.
  case wrongLength(by: Int)
  /// Another x-amz-checksum-sha256 than the object's, in every answer that has one or may have one.
  case wrongChecksum
  case wrongETag
  /// One byte of the answer's body is another one; the length is right.
  case corrupt(at: Int)
  /// Another document or body in place of the answer's, with its status and headers.
  case replaceBody([UInt8])
  /// So many bytes at a time, with pauses of so many milliseconds.
  case trickle(bytes: Int, every: Int)
  /// A whole answer without Content-Range and status 206, whatever Range says.
  case ignoreRange
  /// A whole answer, then the connection ends without notice.
  case closeAfterwards
  /// So many bytes of the answer's body, then the whole server goes: every connection breaks, and for so many
  /// milliseconds new ones are refused. What is stored stays.
  case restart(at: Int, down: Int)
}

extension StubFault {
  /// The case's name; its values may be megabytes.
  var name: String { Mirror(reflecting: self).children.first?.label ?? "\(self)" }

  /// An error as S3 says it.
  package static func refuse(
    _ status: Int, _ code: String, headers: [(name: String, value: String)] = [], region: String? = nil
  ) -> StubFault {
    let details = region.map { [(name: "Region", value: $0)] } ?? []
    let response = StubRefusal(status, code, "scripted", details: details, headers: headers).response
    return .answer(status, headers: response.headers, body: response.body)
  }

  /// 503 SlowDown.
  ///
  /// - Parameter retryAfter: seconds, or a date as HTTP writes it.
  package static func slowDown(retryAfter: String? = nil) -> StubFault {
    refuse(503, "SlowDown", headers: retryAfter.map { [(name: "Retry-After", value: $0)] } ?? [])
  }

  /// 400 ExpiredToken.
  package static let expiredToken = StubFault.refuse(400, "ExpiredToken")

  /// A redirect to a place that must not be followed blindly.
  package static func redirect(_ status: Int, location: String? = nil, region: String? = nil) -> StubFault {
    var headers: [(name: String, value: String)] = []
    if let location { headers.append(("Location", location)) }
    if let region { headers.append(("x-amz-bucket-region", region)) }
    return refuse(
      status, status == 307 ? "TemporaryRedirect" : "PermanentRedirect", headers: headers, region: region)
  }

  /// A status with a body that should be a document and is not.
  package static func garbage(_ status: Int) -> StubFault {
    .answer(
      status, headers: [("Content-Type", "application/xml")], body: Array("<?xml <<Error>]]> \u{1}&nope;".utf8))
  }

  /// An error whose document has this many bytes.
  package static func longError(_ status: Int, bytes: Int) -> StubFault {
    let begin = Array("<?xml version=\"1.0\"?><Error><Code>InternalError</Code><Message>".utf8)
    return .answer(
      status, headers: [("Content-Type", "application/xml")],
      body: begin + [UInt8](repeating: 109, count: max(0, bytes - begin.count)))
  }
}

/// Which requests a fault meets.
struct FaultRule: Sendable {
  var fault: StubFault
  /// Nil for all.
  var operation: StubOperation?
  /// Nil for all; of the path, encoded.
  var pathSuffix: String?
  /// How many matching requests pass before it begins.
  var skip: Int
  /// How many it meets after that.
  var times: Int

  /// The fault, when this request is one of those; counts it.
  mutating func meets(_ request: StubRequest) -> Bool {
    guard operation == nil || operation == request.operation, pathSuffix.map(request.path.hasSuffix) ?? true else {
      return false
    }
    guard skip == 0 else {
      skip -= 1
      return false
    }
    guard times > 0 else { return false }
    if times < Int.max { times -= 1 }
    return true
  }
}
