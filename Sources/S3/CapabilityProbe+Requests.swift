internal import BundleModel
internal import HTTPTransport
internal import Hashing
internal import ProcessControl

/// The requests of a probe: made by hand, because most of them are wrong on purpose, and sent once.
struct ProbeRequests: Sendable {
  /// One request; what is nil is right.
  struct Wish: Sendable {
    var method = HTTPRequest.Method.get
    var key: String?
    var query: [(name: String, value: String)] = []
    var headers: [HTTPHeader] = []
    var body: [UInt8]?
    var payloadHash: String?
    var signer: SignatureV4?
    var isAnonymous = false
  }

  let probe: CapabilityProbe
  let signer: SignatureV4
  /// What the server's clock is ahead of ours.
  let skew: Duration
  private static func limits(_ body: [UInt8]?) -> TransferLimits {
    CallLimits(connect: .seconds(5), response: .seconds(15), stall: .seconds(10), total: .seconds(20))
      .transfer(of: Int64(body?.count ?? 0), isObject: false)
  }

  init(_ probe: CapabilityProbe, skew: Duration) {
    self.probe = probe
    self.skew = skew
    signer = SignatureV4(credentials: probe.configuration.credentials, region: probe.configuration.region)
  }

  var endpoint: S3Endpoint { probe.configuration.endpoint }
  var moment: Timestamp { probe.moment().advanced(by: skew) }

  /// A key of the probe.
  func key(_ name: String) -> String { probe.prefix + name }

  /// Sends a wish.
  ///
  /// - Throws: only when there is no complete answer.
  func send(_ wish: Wish) async throws(S3Error) -> HTTPResponse {
    let signable = SignableRequest(
      method: wish.method.rawValue, authority: endpoint.authority(bucket: probe.bucket),
      path: endpoint.path(bucket: probe.bucket, key: wish.key), query: wish.query, headers: wish.headers)
    var url = Array("\(endpoint.scheme)://\(signable.authority)".utf8) + signable.path
    if !wish.query.isEmpty { url += [63] + SignatureV4.sorted(wish.query) }
    var headers = wish.headers
    if !wish.isAnonymous {
      let hash = wish.payloadHash ?? wish.body.map { ByteEncoding.hex(SHA256.digest(of: $0)) }
      headers += (wish.signer ?? signer).headers(
        signing: signable, payloadHash: hash ?? SignatureV4.emptyHash, at: moment)
    }
    return try await send(
      HTTPRequest(
        wish.method, String(decoding: url, as: UTF8.self), headers: headers, body: wish.body.map { .bytes($0) },
        limits: ProbeRequests.limits(wish.body)),
      operation: wish.method.rawValue, key: wish.key)
  }

  /// Sends a request that somebody else would send: a URL and nothing else.
  func open(
    _ url: String, method: HTTPRequest.Method = .get, body: [UInt8]? = nil
  ) async throws(S3Error) -> HTTPResponse {
    try await send(
      HTTPRequest(method, url, body: body.map { .bytes($0) }, limits: ProbeRequests.limits(body)),
      operation: method.rawValue, key: nil)
  }

  private func send(_ request: HTTPRequest, operation: String, key: String?) async throws(S3Error) -> HTTPResponse {
    do throws(TransportError) {
      return try await probe.client.http.send(request)
    } catch {
      throw S3Error(error, S3Subject(operation: operation, endpoint: endpoint, bucket: probe.bucket, key: key))
    }
  }

  /// Puts bytes the right way, with their SHA-256 as metadata and checksum.
  @discardableResult func put(_ name: String, _ text: String) async throws(S3Error) -> HTTPResponse {
    let body = Array(text.utf8)
    let response = try await send(
      Wish(method: .put, key: key(name), headers: ProbeRequests.checksum(of: body), body: body))
    guard response.isSuccess else {
      throw refusal(response, operation: "PUT", key: key(name))
    }
    return response
  }

  static func checksum(of body: [UInt8]) -> [HTTPHeader] {
    [HTTPHeader("x-amz-checksum-sha256", ByteEncoding.base64(SHA256.digest(of: body)))]
  }

  /// The bytes of an object; nil when the server does not give them.
  func bytes(_ name: String) async throws(S3Error) -> [UInt8]? {
    let response = try await send(Wish(key: key(name)))
    return response.isSuccess ? response.body : nil
  }

  /// A refusal of something that every store must do for us.
  func refusal(_ response: HTTPResponse, operation: String, key: String?) -> S3Error {
    let code = response.code
    return S3Subject(operation: operation, endpoint: endpoint, bucket: probe.bucket, key: key).error(
      S3Error.Kind(status: response.status, code: code), status: response.status,
      code: code.isEmpty ? "HTTP\(response.status)" : code, response.inWords)
  }

  // MARK: The first and the last

  /// The first request: is there anybody, what time is it there, are we let in?
  func knock() async throws(S3Error) -> (clock: Capability, skew: Duration) {
    let before = probe.moment()
    var response = try await send(Wish(method: .head))
    let middle = before.advanced(by: probe.moment().since(before) / 2)
    var skew = Duration.zero
    let clock: Capability
    if let date = response.headers["date"].flatMap(HTTPDate.moment) {
      // The header has whole seconds: half of one is added to what was cut.
      let apart = date.since(middle) + .milliseconds(500)
      let isNear = apart < .seconds(60) && apart > .seconds(-60)
      if !isNear {
        skew = apart
        if !response.isSuccess { response = try await ProbeRequests(probe, skew: skew).send(Wish(method: .head)) }
      }
      clock = Capability(.clockAgrees, isNear ? .yes : .no, ProbeRequests.inWords(apart))
    } else {
      clock = Capability(.clockAgrees, .unknown, "no Date header")
    }
    guard response.isSuccess else {
      var error = refusal(response, operation: "HEAD", key: nil)
      if let region = response.headers["x-amz-bucket-region"], region != probe.configuration.region {
        error = S3Error(
          kind: .invalidRequest, status: response.status, code: error.code,
          message: error.message + " (the bucket is in region \(UntrustedText.line(region, limit: 60)))")
      }
      throw error
    }
    return (clock, skew)
  }

  private static func inWords(_ apart: Duration) -> String {
    let seconds = Int64((apart / .seconds(1)).rounded())
    if (-1...1).contains(seconds) { return "to the second" }
    return "the server is \(HumanText.age(.seconds(abs(seconds)))) \(seconds > 0 ? "ahead" : "behind")"
  }

  /// Removes all that the probe may have put; returns what is left.
  func removeEverything() async -> [String] {
    if let uploads = try? await probe.client.listUploads(bucket: probe.bucket, prefix: probe.prefix) {
      for one in uploads {
        try? await probe.client.abortUpload(bucket: probe.bucket, key: one.key, uploadID: one.uploadID)
      }
    }
    let listed = (try? await probe.client.listObjects(bucket: probe.bucket, prefix: probe.prefix)) ?? []
    var left: [String] = []
    for key in Set(listed.map(\.key) + ProbeRequests.names.map(key)).sorted() {
      do throws(S3Error) {
        try await probe.client.deleteObject(bucket: probe.bucket, key: key)
      } catch {
        left.append(key)
      }
    }
    return left
  }

  /// Every name that a probe writes under: to be removed even where listing fails.
  static let names = ["a", "b", "damaged", "false-checksum", "false-md5", "parts", "small-parts", awkward]
  /// Blank, plus, escapes, accents in both forms, slashes in a row, beyond the first plane.
  static let awkward = "odd/ a+b%2F%25=&?#;é/e\u{301}~'()*!,:@$ \u{1F4E6}"
}

extension HTTPResponse {
  /// The server's word for a refusal.
  var code: String { S3ErrorDocument(body)?.code ?? "" }

  /// `403 SignatureDoesNotMatch`.
  var inWords: String {
    let word = UntrustedText.line(code, limit: 40)
    return word.isEmpty ? "HTTP \(status)" : "\(status) \(word)"
  }
}
