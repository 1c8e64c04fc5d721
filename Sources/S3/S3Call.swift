internal import BundleModel
internal import HTTPTransport

/// One request before it is signed: what stays the same from try to try.
struct S3Call: Sendable {
  var method: HTTPRequest.Method
  /// For messages: `GET`, `LIST`.
  var operation: String
  var bucket: String
  var key: String?
  var query: [(name: String, value: String)] = []
  var headers: [HTTPHeader] = []
  var body: RequestBody?
  /// SHA-256 of the body in hex.
  var payloadHash = SignatureV4.emptyHash
  /// Takes the object; nil when the answer is a document.
  var receiver: ObjectReceiver?
  var limits: CallLimits?
  /// The answer is a document of ours or empty, so that `<Error>` in a 200 means what it says.
  var answersDocument = true

  /// Longest document that is read, in bytes.
  private static let documentLimit = 16 * 1024 * 1024

  func subject(_ endpoint: S3Endpoint) -> S3Subject {
    S3Subject(operation: operation, endpoint: endpoint, bucket: bucket, key: key)
  }

  func signable(_ endpoint: S3Endpoint) -> SignableRequest {
    SignableRequest(
      method: method.rawValue, authority: endpoint.authority(bucket: bucket),
      path: endpoint.path(bucket: bucket, key: key), query: query, headers: headers)
  }

  /// - Parameter more: fields of this try alone.
  func signed(
    for route: BucketRoute, at moment: Timestamp, limits: CallLimits, adding more: [HTTPHeader] = []
  ) -> HTTPRequest {
    var signable = signable(route.endpoint)
    signable.headers += more
    var url = Array("\(route.endpoint.scheme)://\(signable.authority)".utf8)
    url += signable.path
    if !query.isEmpty {
      url.append(63)
      url += SignatureV4.sorted(query)
    }
    return HTTPRequest(
      method, String(decoding: url, as: UTF8.self),
      headers: signable.headers + route.signer.headers(signing: signable, payloadHash: payloadHash, at: moment),
      body: body, sink: receiver.map { .receiver($0) } ?? .memory(limit: S3Call.documentLimit),
      limits: limits.transfer(of: body?.size ?? 0, isObject: receiver != nil))
  }
}

extension S3Error {
  /// Nil when the answer is a success.
  init?(_ response: HTTPResponse, _ subject: S3Subject, call: S3Call) {
    let document = S3ErrorDocument(response.body)
    let isSuccess = (200...299).contains(response.status)
    if isSuccess, document == nil || !call.answersDocument { return nil }
    let code = document?.code ?? ""
    let kind = Kind(status: isSuccess ? 500 : response.status, code: code)
    var detail = code.isEmpty ? "HTTP \(response.status)" : code
    if let message = document?.message, !message.isEmpty, message != code { detail += ": \(message)" }
    if let region = BucketRegions.redirect(response, code: code, region: document?.region ?? "") {
      detail += " (the bucket is in region \(region): set that region and its endpoint)"
    }
    if kind == .clockSkew { detail += " (this machine's clock and the server's differ)" }
    self = subject.error(
      kind, status: response.status, code: code.isEmpty ? "HTTP\(response.status)" : code, detail)
  }

  init(_ error: TransportError, _ subject: S3Subject) {
    let (kind, code): (Kind, String) =
      switch error.kind {
      case .cancelled: (.cancelled, "Cancelled")
      case .unreachable: (.unreachable, "Unreachable")
      case .connection: (.transport, "Connection")
      case .timeout: (.timeout, "Timeout")
      case .bodyChanged: (.integrity, "BodyChanged")
      case .tooLong: (.invalidRequest, "AnswerTooLong")
      case .dishonest: (.integrity, "WrongRange")
      case .file: (.file, "File")
      }
    self = subject.error(kind, code: code, error.detail)
  }
}
