internal import BundleModel

/// The service without its sockets: a request and a moment in, an answer out.
struct StubService: Sendable {
  var settings: S3Stub.Settings
  var buckets: [String: StubBucket] = [:]
  private var serial = 0

  init(settings: S3Stub.Settings) { self.settings = settings }

  /// Answers and does what was asked, unless it is refused; then nothing has changed.
  mutating func answer(_ request: StubRequest, at now: Timestamp) -> StubResponse {
    var response: StubResponse
    do throws(StubRefusal) {
      response = try admitted(request, at: now)
    } catch {
      response = error.response
    }
    response.set("Date", now.httpDate)
    response.set("Server", "S3Stub")
    response.set("x-amz-request-id", "STUB")
    return response
  }

  private mutating func admitted(_ request: StubRequest, at now: Timestamp) throws(StubRefusal) -> StubResponse {
    let address = StubAddress(request)
    let region = address.bucket.flatMap { buckets[$0]?.region } ?? settings.region
    let check = SignatureCheck(
      accessKey: settings.accessKey, secretKey: settings.secretKey, sessionToken: settings.sessionToken,
      region: region, now: now, skewAnswer: settings.skewAnswer, isTokenExpired: settings.isTokenExpired)
    do throws(StubRefusal) {
      try check.admit(request)
    } catch {
      // A signature for another region: AWS answers in one of two ways, by the age of its endpoint.
      guard error.details.contains(where: { $0.name == "Region" }), let status = settings.regionRedirect else {
        throw error
      }
      throw StubRefusal(
        status, status == 307 ? "TemporaryRedirect" : "PermanentRedirect",
        "The bucket you are attempting to access must be addressed using the specified endpoint.",
        details: [("Endpoint", request.header("host") ?? ""), ("Bucket", address.bucket ?? "")],
        headers: error.headers)
    }
    let digest = try PayloadCheck.admit(request)
    guard let operation = StubOperation(request, address) else {
      throw StubRefusal(501, "NotImplemented", "no such request is spoken here")
    }
    let place = StubPlace(
      request: request, digest: digest, now: now, bucket: address.bucket ?? "", key: address.key)
    if let key = address.key, !key.isValid {
      throw key.bytes.count > 1024
        ? StubRefusal(400, "KeyTooLongError", "Your key is too long") : StubRefusal(400, "InvalidURI")
    }
    switch operation {
    case .listBuckets: return listBuckets()
    case .createBucket: return try createBucket(place)
    case .headBucket:
      return StubResponse(status: 200, headers: [("x-amz-bucket-region", try bucket(place).region)])
    case .deleteBucket: return try deleteBucket(place)
    case .bucketLocation: return try location(place)
    case .listObjects: return try listObjects(place)
    case .listUploads: return try listUploads(place)
    case .deleteObjects: return try deleteObjects(place)
    case .putObject: return try putObject(place)
    case .getObject, .headObject: return try getObject(place)
    case .deleteObject: return try deleteObject(place)
    case .copyObject: return try copyObject(place)
    case .createUpload: return try createUpload(place)
    case .uploadPart: return try uploadPart(place)
    case .listParts: return try listParts(place)
    case .completeUpload: return try completeUpload(place)
    case .abortUpload: return try abortUpload(place)
    }
  }

  /// The bucket that a request names.
  func bucket(_ place: StubPlace) throws(StubRefusal) -> StubBucket {
    guard let bucket = buckets[place.bucket] else {
      throw StubRefusal(
        404, "NoSuchBucket", "The specified bucket does not exist", details: [("BucketName", place.bucket)])
    }
    return bucket
  }

  /// A number that no other call gets.
  mutating func nextSerial() -> Int {
    serial += 1
    return serial
  }
}

/// One admitted request and where it points.
struct StubPlace: Sendable {
  var request: StubRequest
  /// The SHA-256 of the body.
  var digest: [UInt8]
  var now: Timestamp
  var bucket: String
  private var name: ObjectKey?

  init(request: StubRequest, digest: [UInt8], now: Timestamp, bucket: String, key: ObjectKey?) {
    (self.request, self.digest, self.now, self.bucket, name) = (request, digest, now, bucket, key)
  }

  /// Empty for requests to the bucket itself.
  var key: ObjectKey { name ?? ObjectKey([]) }

  /// A number of the query within bounds.
  func number(_ name: String, _ range: ClosedRange<Int>, default value: Int) throws(StubRefusal) -> Int {
    guard let text = request.parameter(name) else { return value }
    guard let number = Int(text), range.contains(number) else {
      throw StubRefusal(400, "InvalidArgument", "Provided \(name) not an integer or within integer range")
    }
    return number
  }
}
