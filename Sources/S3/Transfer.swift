internal import BundleModel
internal import CCurl

/// One request on its way: the context of libcurl's callbacks.
///
/// Made by the caller's task, then handed to the loop thread, which alone touches it from then on.
final class Transfer {
  let request: HTTPRequest
  let cancel: CancelFlag
  private let continuation: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>

  private var reader: BodyReader?
  private var writer: BodyWriter?
  private var headers = HTTPHeaders()
  private var headBytes = 0
  private var error: TransportError?
  /// When the request last made progress before its answer began; nil once it has begun.
  private(set) var waitingSince: ContinuousClock.Instant? = .now
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
    if let body = request.body { reader = try BodyReader(body) }
    waitingSince = .now
  }

  /// When an answer must have begun, or nil when it has.
  var responseDeadline: ContinuousClock.Instant? { waitingSince.map { $0 + request.limits.response } }

  // MARK: Callbacks, on the loop thread

  /// Fills libcurl's buffer; nil aborts.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    waitingSince = waitingSince == nil ? nil : .now
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
    waitingSince = nil
    headBytes += line.count
    guard headBytes <= 64 * 1024 else {
      error = TransportError(kind: .connection, detail: "the head of the answer is longer than 64 KiB")
      return false
    }
    headers.append(line: line)
    return true
  }

  func receive(body piece: UnsafeRawBufferPointer) -> Bool {
    guard !cancel.isSet else { return false }
    do throws(TransportError) {
      if writer == nil { writer = try makeWriter() }
      try writer?.write(piece)
      return true
    } catch {
      self.error = error
      return false
    }
  }

  // MARK: The end

  /// Tells the caller how it ended; called exactly once.
  func end(_ outcome: Result<Int, TransportError>) {
    reader?.close()
    let result: Result<HTTPResponse, TransportError>
    if cancel.isSet {
      result = .failure(TransportError(kind: .cancelled, detail: "cancelled"))
    } else if let error {
      result = .failure(error)
    } else {
      result = outcome.flatMap { status in complete(status: status) }
    }
    writer?.close()
    continuation.resume(returning: result)
  }

  private func complete(status: Int) -> Result<HTTPResponse, TransportError> {
    do throws(TransportError) {
      // An empty body calls nobody, but the file must exist and the digest be that of no bytes.
      if writer == nil, request.method != .head { writer = try makeWriter() }
    } catch {
      return .failure(error)
    }
    return .success(
      HTTPResponse(
        status: status, headers: headers, body: writer?.collected ?? [], received: writer?.received ?? 0,
        digest: writer?.digest()))
  }

  private func makeWriter() throws(TransportError) -> BodyWriter {
    let status = easy.map { ccurl_get_long($0, CURLINFO_RESPONSE_CODE) } ?? 0
    guard (200...299).contains(status) else { return BodyWriter(keepingAtMost: 64 * 1024) }
    return try BodyWriter(request.sink)
  }
}
