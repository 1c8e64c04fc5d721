internal import CCurl
internal import ProcessControl

/// One request on its way: the context of libcurl's callbacks.
///
/// Made by the caller's task, then handed to the loop thread, which alone touches it from then on.
final class Transfer {
  let request: HTTPRequest
  let cancel: CancelFlag
  private let continuation: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>

  private var reader: (any BodyReader)?
  private var collected: CollectedBody?
  private var received: Int64 = 0
  /// Set once the head of a success was shown to the receiver.
  private var isReceiving = false
  /// The rest of a refusal is not worth reading.
  private var hasEnough = false
  private var headers = HTTPHeaders()
  private var headBytes = 0
  private var error: TransportError?
  /// When bytes last moved, as far as the callbacks see it.
  private var lastMove = ContinuousClock.Instant.now
  private var hasAnswer = false
  /// The empty line was seen; libcurl takes a connection that ends before it for an answer.
  private var hasWholeHead = false
  /// What libcurl borrows for as long as the handle is added.
  var headerList: UnsafeMutablePointer<curl_slist>?
  var easy: UnsafeMutableRawPointer?

  init(
    _ request: HTTPRequest, cancel: CancelFlag,
    continuation: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>
  ) {
    self.request = request
    self.cancel = cancel
    self.continuation = continuation
  }

  /// Opens what is to be sent.
  func open() throws(TransportError) {
    reader = try request.body?.open()
    lastMove = .now
  }

  /// Until when the answer must begin, or its next bytes come. libcurl watches over uploads and connecting.
  var deadline: ContinuousClock.Instant { lastMove + (hasAnswer ? request.limits.stall : request.limits.response) }

  /// Why it ended at its deadline.
  var deadlineError: TransportError {
    let limits = request.limits
    let detail =
      hasAnswer ? "the answer stalled for \(limits.stall.inWords)" : "no answer within \(limits.response.inWords)"
    return TransportError(.timeout, detail)
  }

  // MARK: Callbacks, on the loop thread

  /// Fills libcurl's buffer; nil aborts.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    lastMove = .now
    guard let reader, !cancel.isSet else { return nil }
    do throws(TransportError) {
      return try reader.read(into: buffer)
    } catch {
      self.error = error
      return nil
    }
  }

  /// Goes back to the start; libcurl asks for it when a reused connection turned out to be dead.
  func seek(to offset: Int64) -> Bool {
    guard offset == 0, let reader else { return false }
    reader.rewind()
    return true
  }

  func receive(head line: UnsafeRawBufferPointer) -> Bool {
    hasAnswer = true
    lastMove = .now
    headBytes += line.count
    guard headBytes <= 64 * 1024 else {
      error = TransportError(.connection, "the head of the answer is longer than 64 KiB")
      return false
    }
    if line.starts(with: "HTTP/".utf8) { hasWholeHead = false }  // the one behind a 100 Continue
    if line.elementsEqual([13, 10]) || line.elementsEqual([10]) { hasWholeHead = true }
    headers.append(line: line)
    return true
  }

  func receive(body piece: UnsafeRawBufferPointer) -> Bool {
    guard !cancel.isSet else { return false }
    lastMove = .now
    let status = self.status
    guard (200...299).contains(status) else {
      hasEnough = !collect(piece, limit: CollectedBody.refusalLimit)
      return !hasEnough
    }
    do throws(TransportError) {
      switch request.sink {
      case .receiver(let receiver):
        try beginOnce(receiver, status: status)
        try receiver.write(piece)
        received += Int64(piece.count)
      case .memory(let limit):
        guard collect(piece, limit: limit) else { throw .tooLong(limit) }
      }
      return true
    } catch {
      self.error = error
      return false
    }
  }

  private func collect(_ piece: UnsafeRawBufferPointer, limit: Int) -> Bool {
    if collected == nil { collected = CollectedBody(limit: limit) }
    return collected?.take(piece) == true
  }

  private func beginOnce(_ receiver: any BodyReceiver, status: Int) throws(TransportError) {
    guard !isReceiving else { return }
    isReceiving = true
    try receiver.begin(status: status, headers: headers)
  }

  private var status: Int { easy.map { ccurl_get_long($0, CURLINFO_RESPONSE_CODE) } ?? 0 }

  // MARK: The end

  /// Tells the caller how it ended; called exactly once.
  func end(_ outcome: Result<Int, TransportError>) {
    reader = nil
    let result: Result<HTTPResponse, TransportError>
    if cancel.isSet {
      result = .failure(TransportError.cancelled)
    } else if let error {
      result = .failure(error)
    } else {
      // A refusal that was cut short is complete as far as anybody cares.
      result = (hasEnough ? .success(status) : outcome).flatMap { status in complete(status: status) }
    }
    continuation.resume(returning: result)
  }

  private func complete(status: Int) -> Result<HTTPResponse, TransportError> {
    guard hasWholeHead else {
      return .failure(TransportError(.connection, "the answer ended in its head"))
    }
    let body = collected?.bytes ?? []
    guard (200...299).contains(status), case .receiver(let receiver) = request.sink else {
      return .success(HTTPResponse(status: status, headers: headers, body: body, received: Int64(body.count)))
    }
    do throws(TransportError) {
      try beginOnce(receiver, status: status)  // an empty body calls nobody
      return .success(HTTPResponse(status: status, headers: headers, body: [], received: received))
    } catch {
      return .failure(error)
    }
  }
}
