internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import PodAPI

/// Turns what comes over a connection into requests of the router, and its answers into what goes back.
struct HTTPResponder: Sendable {
  let router: Router
  let streams: EndlessStreams

  /// Answers one request. Throws when the connection is of no more use.
  @concurrent
  func respond(
    to request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel
  ) async throws {
    let method = HTTPMethod(named: request.head.method.rawValue)
    let headers = Self.headers(of: request.head)
    guard let target = RequestTarget(parsing: request.head.path ?? "") else {
      return try await send(router.refuseMalformed(method, headers), request, writer, channel)
    }
    let apiRequest = APIRequest(
      method, target, headers: headers, remoteAddress: channel.remoteAddress?.ipAddress)
    switch await router.admit(apiRequest) {
    case .answered(let answer): try await send(answer, request, writer, channel)
    case .admitted(var admitted):
      let limit = admitted.bodyLimit
      if limit > 0 {
        let announced = headers["content-length"].flatMap { Int($0) } ?? 0
        if announced <= limit, headers["expect"]?.lowercased() == "100-continue" {
          try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        guard announced <= limit, let body = try await Self.collect(request.body, limit: limit) else {
          return try await send(router.refuse(admitted, .tooLarge(limit: limit)), request, writer, channel)
        }
        admitted.request.body = body
      }
      try await send(await router.run(admitted), request, writer, channel)
    }
  }

  /// The whole body; nil when it is longer than `limit`.
  private static func collect(_ body: RequestBody, limit: Int) async throws -> [UInt8]? {
    var bytes: [UInt8] = []
    for try await buffer in body {
      guard bytes.count + buffer.readableBytes <= limit else { return nil }
      bytes += buffer.readableBytesView
    }
    return bytes
  }

  private static func headers(of head: HTTPRequest) -> HeaderFields {
    var headers: HeaderFields = [:]
    for field in head.headerFields { headers.add(field.name.canonicalName, field.value) }
    if let authority = head.authority { headers.setDefault("host", authority) }
    return headers
  }

  private static func head(of answer: APIAnswer) -> HTTPResponse {
    var head = HTTPResponse(status: HTTPResponse.Status(code: answer.status))
    for field in answer.headers.fields {
      if let name = HTTPField.Name(field.name) {
        head.headerFields.append(HTTPField(name: name, value: field.value))
      }
    }
    return head
  }

  @concurrent
  private func send(
    _ answer: APIAnswer, _ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel
  ) async throws {
    var head = Self.head(of: answer)
    switch answer.body {
    case .empty:
      if request.head.method == .head, answer.headers["content-length"] == nil, answer.allowsBody {
        // Without a length the encoder frames the body in chunks, and writes their end, even where there is none.
        head.headerFields[.connection] = "close"
        try await writer.writeResponse(head)
        throw ChannelError.eof
      }
      if answer.allowsBody, request.head.method != .head { head.headerFields[.contentLength] = "0" }
      try await writer.writeResponse(head)
    case .bytes(let bytes):
      head.headerFields[.contentLength] = "\(bytes.count)"
      guard bytes.count > ResponseSink.pieceSize else {
        return try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
      }
      let sink = ResponseSink(try await writer.writeHead(head))
      try await sink.write(bytes)
      try await sink.finish()
    case .stream(let length, let write):
      if let length { head.headerFields[.contentLength] = "\(length)" }
      let sink = ResponseSink(try await writer.writeHead(head))
      try await Self.run(Task { try await write(sink) }, channel)
      // A body that is too short is no body: the connection ends, so that nobody takes it for one.
      guard length == nil || length == sink.count else { throw ChannelError.eof }
      try await sink.finish()
    case .endless(let write):
      let sink = ResponseSink(try await writer.writeHead(head))
      let task = Task { try await write(sink) }
      let number = streams.add(task)
      defer { streams.remove(number) }
      try await request.body.consumeWithInboundCloseHandler { _ in
        do { try await Self.run(task, channel) } catch is CancellationError {}
      } onInboundClosed: {
        task.cancel()
      }
      try await sink.finish()
    }
  }

  /// Waits for what writes a body; cancels it when the connection ends.
  private static func run(_ task: Task<Void, any Error>, _ channel: any Channel) async throws {
    channel.closeFuture.whenComplete { _ in task.cancel() }
    try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }
}
