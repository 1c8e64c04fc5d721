internal import BundleModel

/// One request before it is signed: what stays the same from try to try.
struct S3Call: Sendable {
  var method: HTTPRequest.Method
  /// For messages: `GET`, `LIST`.
  var operation: String
  var bucket: String
  var key: String?
  var query: [(name: String, value: String)] = []
  var headers: [HTTPHeader] = []
  var body: UploadBody?
  /// SHA-256 of the body in hex.
  var payloadHash = SignatureV4.emptyHash
  var sink = DownloadSink.memory(limit: 16 * 1024 * 1024)
  var limits: CallLimits?
  /// The answer is a document of ours or empty, so that `<Error>` in a 200 means what it says.
  var answersDocument = true

  func subject(_ endpoint: S3Endpoint) -> S3Subject {
    S3Subject(operation: operation, endpoint: endpoint, bucket: bucket, key: key)
  }

  func signable(_ endpoint: S3Endpoint) -> SignableRequest {
    SignableRequest(
      method: method.rawValue, authority: endpoint.authority(bucket: bucket),
      path: endpoint.path(bucket: bucket, key: key), query: query, headers: headers)
  }

  func signed(
    by signer: SignatureV4, endpoint: S3Endpoint, at moment: Timestamp, limits: CallLimits
  ) -> HTTPRequest {
    let signable = signable(endpoint)
    var url = Array("\(endpoint.scheme)://\(signable.authority)".utf8)
    url += signable.path
    if !query.isEmpty {
      url.append(63)
      url += SignatureV4.sorted(query)
    }
    return HTTPRequest(
      method: method, url: String(decoding: url, as: UTF8.self),
      headers: headers + signer.headers(signing: signable, payloadHash: payloadHash, at: moment), body: body,
      sink: sink, limits: limits)
  }
}

extension S3Error {
  /// How far clocks may be apart before a refusal is put down to them: AWS allows 15 minutes, others five.
  private static let tolerance = Duration.seconds(5 * 60)

  /// Nil when the answer is a success.
  init?(_ response: HTTPResponse, _ subject: S3Subject, call: S3Call, signedAt moment: Timestamp) {
    let document = S3ErrorDocument(response.body)
    let isSuccess = (200...299).contains(response.status)
    if isSuccess, document == nil || !call.answersDocument { return nil }
    let code = document?.code ?? ""
    var kind = Kind(status: isSuccess ? 500 : response.status, code: code)
    if let date = response.headers["date"].flatMap(HTTPDate.moment), kind == .denied || response.status == 400 {
      // Not every server says RequestTimeTooSkewed; some just deny.
      let apart = date.since(moment)
      if apart > S3Error.tolerance || apart < .zero - S3Error.tolerance { kind = .clockSkew }
    }
    var detail = code.isEmpty ? "HTTP \(response.status)" : code
    if let message = document?.message, !message.isEmpty, message != code { detail += ": \(message)" }
    let region = response.headers["x-amz-bucket-region"] ?? document?.region ?? ""
    if (300...399).contains(response.status) || response.status == 400, !region.isEmpty {
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
      case .tooLong: (.serverError, "AnswerTooLong")
      case .file: (.file, "File")
      }
    self = subject.error(kind, code: code, error.detail)
  }
}
