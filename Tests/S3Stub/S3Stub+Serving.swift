internal import BundleModel
import Glibc
internal import Synchronization

extension S3Stub {
  /// More than any test sends at once.
  private static let longestBody = 1 << 30

  /// Answers request after request of one connection until either side ends it.
  func serve(_ descriptor: CInt) {
    var connection = StubConnection(descriptor: descriptor)
    while let head = connection.readHead() {
      guard var request = StubRequest(head: head) else {
        let refusal = StubRefusal(400, "BadRequest", "An error occurred when parsing the HTTP request.").response
        connection.send(refusal.head(contentLength: refusal.body.count) + refusal.body)
        break
      }
      request.operation = StubOperation(request, StubAddress(request))
      guard exchange(&request, on: &connection), request.header("connection")?.lowercased() != "close" else {
        break
      }
    }
    connection.hangUp()
    state.withLock { _ = $0.open.remove(descriptor) }
    close(descriptor)
  }

  /// One request and its answer; false when the connection must end.
  private func exchange(_ request: inout StubRequest, on connection: inout StubConnection) -> Bool {
    let (fault, index) = begin(request)
    let length = min(request.contentLength ?? 0, S3Stub.longestBody)
    switch fault {
    case .resetBeforeBody:
      connection.reset()
      return false
    case .resetInBody(let after) where length > 0:
      note(index) { $0.body = [] }
      _ = connection.readBody(min(after, length))
      connection.reset()
      return false
    default: break
    }
    if request.header("expect")?.lowercased() == "100-continue" {
      connection.send("HTTP/1.1 100 Continue\r\n\r\n".utf8)
    }
    request.body = connection.readBody(length)
    note(index) { [body = request.body] in $0.body = body }
    guard request.body.count == length else { return false }  // the client broke off: nothing happened
    let hasUnreadBody = request.header("transfer-encoding") != nil
    let goesOn = answer(request, fault: fault, index: index, on: connection)
    return goesOn && !hasUnreadBody
  }

  /// Notes a request and asks the script about it.
  private func begin(_ request: StubRequest) -> (fault: StubFault?, index: Int) {
    state.withLock { state in
      var fault: StubFault?
      for index in state.rules.indices where fault == nil && state.rules[index].meets(request) {
        fault = state.rules[index].fault
      }
      var noted = request
      noted.fault = fault?.name
      state.requests.append(noted)
      return (fault, state.requests.count - 1)
    }
  }

  private func note(_ index: Int, _ body: @Sendable (inout StubRequest) -> Void) {
    state.withLock { state in
      if state.requests.indices.contains(index) { body(&state.requests[index]) }
    }
  }

  /// Does what was asked.
  private func perform(_ request: StubRequest) -> StubResponse {
    state.withLock { state in
      let now = StubSocket.now().advanced(by: state.service.settings.clockOffset)
      return state.service.answer(request, at: now)
    }
  }

  private func answer(_ request: StubRequest, fault: StubFault?, index: Int, on connection: StubConnection) -> Bool
  {
    var answer = SpoiledAnswer(isHead: request.method == "HEAD")
    switch fault {
    case .answer(let status, let headers, let body):
      answer.response = StubResponse(status: status, headers: headers, body: body)
      let now = state.withLock { StubSocket.now().advanced(by: $0.service.settings.clockOffset) }
      if !headers.contains(where: { $0.name.lowercased() == "date" }) { answer.response.set("Date", now.httpDate) }
    case .notHTTP:
      connection.send("220 stub ESMTP\r\n\u{0}\u{1}\u{2} this is not HTTP\r\n\r\n".utf8)
      return false
    case .resetAfterBody(let isDone):
      if isDone { _ = perform(request) }
      connection.reset()
      return false
    case .resetInBody:
      connection.reset()
      return false
    case .hang(let isDone):
      if isDone { _ = perform(request) }
      _ = connection.waitForEnd(milliseconds: -1)
      return false
    case .errorIn200(let code, let isDone):
      if isDone { _ = perform(request) }
      answer.response = .xml(200, StubRefusal(200, code, "scripted").document)
    case .ignoreRange:
      var whole = request
      whole.headers.removeAll { $0.name == "range" }
      answer.response = perform(request)
      if answer.response.status == 206 { answer.response = unranged(request, answer.response) }
    default: answer.response = perform(request)
    }
    if let fault { answer.apply(fault) }
    note(index) { [status = answer.response.status] in $0.status = status }
    return send(answer, on: connection)
  }

  /// The whole object in place of a range of it; the signature was checked with the range.
  private func unranged(_ request: StubRequest, _ response: StubResponse) -> StubResponse {
    let address = StubAddress(request)
    guard let name = address.bucket, let key = address.key,
      let object = state.withLock({ $0.service.buckets[name]?[key] })
    else { return response }
    var whole = response
    whole.status = 200
    whole.headers.removeAll { $0.name == "Content-Range" || $0.name == "Accept-Ranges" }
    whole.body = object.bytes
    return whole
  }

  private func send(_ answer: SpoiledAnswer, on connection: StubConnection) -> Bool {
    let bytes = answer.bytes
    switch answer.ending {
    case .goesOn: return connection.send(bytes)
    case .closes:
      connection.send(bytes)
      return false
    case .resets:
      connection.send(bytes)
      connection.reset()
      return false
    case .hangs:
      connection.send(bytes)
      _ = connection.waitForEnd(milliseconds: -1)
      return false
    case .trickles(let step, let pause):
      var rest = bytes[...]
      while !rest.isEmpty {
        guard connection.send(rest.prefix(step)), !connection.waitForEnd(milliseconds: CInt(clamping: pause)) else {
          return false
        }
        rest = rest.dropFirst(step)
      }
      return true
    case .restarts(let down):
      connection.send(bytes)
      // Else the client could not read what was sent: the end is in order, behind the bytes.
      connection.hangUp()
      restart(down: down)
      return false
    }
  }

  /// On the connection's own thread.
  private func restart(down: Int) {
    goAway()
    StubSocket.pause(milliseconds: down)
    guard !state.withLock({ $0.isStopped }) else { return }
    try? comeBack()
  }
}
