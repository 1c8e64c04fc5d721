internal import BundleModel
internal import S3

/// What a URL is to be signed for: the options of `presign`, or one line of its batch.
struct PresignRequest {
  var method = "GET"
  var endpoint: String?
  var bucket = ""
  var key = ""
  var region: String?
  /// Seconds.
  var expires = 300
  var style: AddressStyle?
  /// A name without a value stands alone.
  var query: [(name: String, value: String?)] = []
  var headers: [(name: String, value: String)] = []
  /// `20130524T000000Z`; nil is now.
  var at: String?
  /// Nil takes the environment's keys, with their token.
  var credentials: S3Credentials?
}

/// Signs, and remembers from one URL to the next what is dear to make.
struct PresignSigner {
  private struct Place: Hashable {
    var endpoint: String?
    var region: String?
    var style: AddressStyle?
  }

  private struct Identity: Hashable {
    var region: String
    /// Bytes, because to Swift different bytes can be equal text.
    var access: [UInt8]
    var secret: [UInt8]
    var token: [UInt8]?
  }

  private let settings: S3Environment
  private let environmentKeys: Result<S3Credentials, any Error>
  private let environmentRegion: String?
  private let unaudited: Bool
  private var places: [Place: (region: String, endpoint: S3Endpoint)] = [:]
  private var signers: [Identity: Presigner] = [:]
  private var environmentSigners: [String: Presigner] = [:]
  /// How many of each are kept: memory stays the same however many lines come.
  private static let kept = 64

  /// - Parameters:
  ///   - source: the environment's keys; a failure is thrown only when a request brings none of its own.
  ///   - unaudited: also for the bucket of the artifacts.
  init(settings: S3Environment, source: Result<CredentialSource, any Error>, unaudited: Bool) {
    self.settings = settings
    environmentKeys = source.map(\.credentials)
    environmentRegion = try? source.get().region
    self.unaudited = unaudited
  }

  /// One signed URL. Contacts nobody.
  mutating func url(_ request: PresignRequest, now: Timestamp) throws -> Secret<String> {
    guard ["GET", "PUT", "HEAD", "DELETE"].contains(request.method) else {
      throw CommandFailure(.usage, "the method is GET, PUT, HEAD or DELETE")
    }
    guard !request.bucket.isEmpty else { throw CommandFailure(.usage, "the bucket is empty") }
    guard !request.key.isEmpty else { throw CommandFailure(.usage, "the key is empty") }
    let place = try place(request)
    guard unaudited || !settings.isArtifactBucket(request.bucket, at: place.endpoint) else {
      throw CommandFailure(
        .denied,
        "\(request.bucket) is the bucket of the artifacts: `bundletop sign` signs there and keeps a record; "
          + "--unaudited signs without one")
    }
    var moment = now
    if let at = request.at {
      guard let given = Timestamp(amazon: at) else {
        throw CommandFailure(.usage, "the moment is not like 20130524T000000Z")
      }
      moment = given
    }
    return try signer(request, region: place.region).url(
      method: request.method, endpoint: place.endpoint, bucket: request.bucket, key: request.key,
      expires: request.expires, query: request.query, headers: request.headers, at: moment)
  }

  private mutating func place(_ request: PresignRequest) throws -> (region: String, endpoint: S3Endpoint) {
    let wanted = Place(endpoint: request.endpoint, region: request.region, style: request.style)
    if let known = places[wanted] { return known }
    let found = try S3Access.place(
      endpoint: request.endpoint, region: request.region, style: request.style, settings: settings,
      lastRegion: environmentRegion)
    if places.count >= PresignSigner.kept { places.removeAll(keepingCapacity: true) }
    places[wanted] = found
    return found
  }

  private mutating func signer(_ request: PresignRequest, region: String) throws -> Presigner {
    guard let own = request.credentials else {
      if let known = environmentSigners[region] { return known }
      let keys = try environmentKeys.get()
      if environmentSigners.count >= PresignSigner.kept { environmentSigners.removeAll() }
      let signer = Presigner(credentials: keys, region: region)
      environmentSigners[region] = signer
      return signer
    }
    let identity = Identity(
      region: region, access: Array(own.accessKeyID.utf8), secret: Array(own.secretAccessKey.reveal().utf8),
      token: own.sessionToken.map { Array($0.reveal().utf8) })
    if let known = signers[identity] { return known }
    if signers.count >= PresignSigner.kept { signers.removeAll() }
    let signer = Presigner(credentials: own, region: region)
    signers[identity] = signer
    return signer
  }
}

extension Timestamp {
  /// Reads `20130524T000000Z`; nil for anything else.
  init?(amazon text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 16, bytes[8] == 84, bytes[15] == 90 else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      bytes[range].reduce(Int?(0)) { sum, digit in
        (48...57).contains(digit) ? sum.map { $0 * 10 + Int(digit) - 48 } : nil
      }
    }
    guard let year = number(0..<4), let month = number(4..<6), let day = number(6..<8), let hour = number(9..<11),
      let minute = number(11..<13), let second = number(13..<15),
      let moment = CivilTime(
        year: year, month: month, day: day, hour: hour, minute: minute, second: second
      ).timestamp
    else { return nil }
    self = moment
  }
}
