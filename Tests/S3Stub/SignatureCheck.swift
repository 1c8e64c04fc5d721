internal import BundleModel
internal import Hashing

/// Signature version 4 as a server sees it: it rebuilds what must have been signed from the bytes that arrived.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
struct SignatureCheck: Sendable {
  var accessKey: String
  var secretKey: String
  /// Demanded with the access key when there is one.
  var sessionToken: String?
  /// The only region that the scope may name.
  var region: String
  var now: Timestamp
  var skewAnswer = S3Stub.Settings.SkewAnswer.tooSkewed
  /// The token was good once.
  var isTokenExpired = false

  static let algorithm = "AWS4-HMAC-SHA256"
  private static let tolerance = Duration.seconds(15 * 60)
  private static let longestLife = 604_800

  /// What either form of signing says.
  private struct Claim {
    var credential: String
    var signedHeaders: String
    var signature: String
    var date: String
    var token: String?
    var payload: String
    /// Seconds; nil for the header form.
    var expires: Int?
  }

  /// Lets a rightly signed request pass.
  func admit(_ request: StubRequest) throws(StubRefusal) {
    try demandCanonicalTarget(request)
    let claim = try claim(of: request)
    let scope = claim.credential.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let malformed = claim.expires == nil ? "AuthorizationHeaderMalformed" : "AuthorizationQueryParametersError"
    guard scope.count >= 5 else { throw StubRefusal(400, malformed, "the credential is not a scope") }
    let (day, scopeRegion) = (scope[scope.count - 4], scope[scope.count - 3])
    guard scope.dropLast(4).joined(separator: "/") == accessKey else {
      throw StubRefusal(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist.")
    }
    guard let moment = Timestamp(amazon: claim.date) else {
      throw StubRefusal(403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header")
    }
    guard scope[scope.count - 2] == "s3", scope[scope.count - 1] == "aws4_request", claim.date.hasPrefix(day + "T")
    else { throw StubRefusal(400, malformed, "the credential's date or service is wrong") }
    guard scopeRegion == region else { throw wrongRegion(scopeRegion, malformed) }
    try demandSignedHeaders(request, claim)
    try admitMoment(moment, expires: claim.expires)
    try admitToken(claim.token)
    let signed = try stringToSign(request, claim, scope: scope.suffix(4).joined(separator: "/"))
    let key = ["AWS4" + secretKey, day, region, "s3", "aws4_request"].map { Array($0.utf8) }
    let signingKey = key.dropFirst().reduce(key[0]) { SHA256.authenticate($1, key: $0) }
    let signature = ByteWords.hex(SHA256.authenticate(signed, key: signingKey))
    guard signature.utf8.elementsEqual(claim.signature.utf8) else {
      throw StubRefusal(
        403, "SignatureDoesNotMatch", "The request signature we calculated does not match the one you provided.",
        details: [("StringToSign", signed)])
    }
  }

  private func wrongRegion(_ claimed: String, _ code: String) -> StubRefusal {
    StubRefusal(
      400, code, "The authorization header is malformed; the region '\(claimed)' is wrong; expecting '\(region)'",
      details: [("Region", region)], headers: [("x-amz-bucket-region", region)])
  }

  /// What is not encoded as AWS encodes it would be signed in two ways: refused, where AWS is lenient.
  private func demandCanonicalTarget(_ request: StubRequest) throws(StubRefusal) {
    let (path, query) = Array(request.target.utf8).cut(at: 63)
    var isCanonical = ByteWords.decoded(path).map { ByteWords.encoded($0, slash: true) == path } ?? false
    for pair in (query ?? []).split(separator: 38, omittingEmptySubsequences: false) where query?.isEmpty == false {
      let (name, value) = Array(pair).cut(at: 61)
      for part in [name, value ?? []] {
        isCanonical = isCanonical && ByteWords.decoded(part).map { ByteWords.encoded($0) == part } ?? false
      }
    }
    guard isCanonical else { throw StubRefusal(400, "InvalidURI", "Couldn't parse the specified URI.") }
  }

  private func claim(of request: StubRequest) throws(StubRefusal) -> Claim {
    let isPresigned = request.queryNames.contains { $0.lowercased().hasPrefix("x-amz-") }
    guard let authorization = request.header("authorization") else {
      guard isPresigned else { throw StubRefusal(403, "AccessDenied", "Access Denied") }
      return try presignedClaim(of: request)
    }
    guard !isPresigned else {
      throw StubRefusal(400, "InvalidArgument", "Only one auth mechanism allowed")
    }
    var fields: [String: String] = [:]
    let malformed = StubRefusal(400, "AuthorizationHeaderMalformed", "The authorization header is malformed.")
    guard authorization.hasPrefix(SignatureCheck.algorithm + " ") else { throw malformed }
    for field in authorization.dropFirst(SignatureCheck.algorithm.count + 1).split(separator: ",") {
      let (name, value) = Array(field.utf8).trimmed.cut(at: 61)
      guard let name = name.text, let value = value?.text, fields.updateValue(value, forKey: name) == nil else {
        throw malformed
      }
    }
    guard fields.count == 3, let credential = fields["Credential"], let headers = fields["SignedHeaders"],
      let signature = fields["Signature"]
    else { throw malformed }
    guard let payload = request.header("x-amz-content-sha256") else {
      throw StubRefusal(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
    }
    guard payload == "UNSIGNED-PAYLOAD" || ByteWords.isHex(payload, count: 32) else {
      throw payload.hasPrefix("STREAMING-")
        ? StubRefusal(501, "NotImplemented", "chunked signatures are not spoken here")
        : StubRefusal(
          400, "InvalidArgument", "x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a valid sha256 value")
    }
    return Claim(
      credential: credential, signedHeaders: headers, signature: signature,
      date: request.header("x-amz-date") ?? "", token: request.header("x-amz-security-token"), payload: payload)
  }

  private func presignedClaim(of request: StubRequest) throws(StubRefusal) -> Claim {
    func malformed(_ message: String) -> StubRefusal {
      StubRefusal(400, "AuthorizationQueryParametersError", message)
    }
    let names = request.queryNames
    for name in names where name.hasPrefix("X-Amz-") && names.count(where: { $0 == name }) > 1 {
      throw malformed("\(name) is given twice")
    }
    guard request.parameter("X-Amz-Algorithm") == SignatureCheck.algorithm else {
      throw malformed("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"")
    }
    guard let credential = request.parameter("X-Amz-Credential"), let date = request.parameter("X-Amz-Date"),
      let headers = request.parameter("X-Amz-SignedHeaders"), let signature = request.parameter("X-Amz-Signature"),
      let text = request.parameter("X-Amz-Expires")
    else {
      throw malformed("Query-string authentication version 4 requires the X-Amz-Algorithm, ... parameters")
    }
    guard let expires = Int(text), String(expires) == text, (1...SignatureCheck.longestLife).contains(expires)
    else {
      throw malformed("X-Amz-Expires must be a number between 1 and 604800")
    }
    return Claim(
      credential: credential, signedHeaders: headers, signature: signature, date: date,
      token: request.parameter("X-Amz-Security-Token"),
      payload: request.header("x-amz-content-sha256") ?? "UNSIGNED-PAYLOAD", expires: expires)
  }

  private func admitMoment(_ moment: Timestamp, expires: Int?) throws(StubRefusal) {
    let age = now.since(moment)
    if let expires {
      guard age <= .seconds(expires) else {
        throw StubRefusal(403, "AccessDenied", "Request has expired", details: [("ServerTime", now.iso8601)])
      }
      guard age >= .zero - SignatureCheck.tolerance else {
        throw StubRefusal(403, "AccessDenied", "Request is not yet valid")
      }
    } else if age > SignatureCheck.tolerance || age < .zero - SignatureCheck.tolerance {
      switch skewAnswer {
      case .tooSkewed:
        throw StubRefusal(
          403, "RequestTimeTooSkewed",
          "The difference between the request time and the current time is too large.",
          details: [("ServerTime", now.iso8601), ("MaxAllowedSkewMilliseconds", "900000")])
      case .denied: throw StubRefusal(400, "AccessDenied", "Access Denied")
      }
    }
  }

  private func admitToken(_ token: String?) throws(StubRefusal) {
    guard token != nil || sessionToken == nil else {
      throw StubRefusal(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist.")
    }
    guard token == sessionToken else {
      throw StubRefusal(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
    }
    guard !isTokenExpired else { throw StubRefusal(400, "ExpiredToken", "The provided token has expired.") }
  }

  private func demandSignedHeaders(_ request: StubRequest, _ claim: Claim) throws(StubRefusal) {
    let names = claim.signedHeaders.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
    let isSorted = zip(names, names.dropFirst()).allSatisfy { $0.0 < $0.1 }
    guard isSorted, names.contains("host"), names.allSatisfy({ $0 == $0.lowercased() && !$0.isEmpty }) else {
      throw StubRefusal(403, "SignatureDoesNotMatch", "the signed headers are not a sorted list with host")
    }
    let missing = Set(
      request.headers.map(\.name).filter { ($0.hasPrefix("x-amz-") || $0 == "content-md5") && !names.contains($0) })
    guard missing.isEmpty else {
      throw StubRefusal(
        403, "AccessDenied", "There were headers present in the request which were not signed",
        details: [("HeadersNotSigned", missing.sorted().joined(separator: ", "))])
    }
    for name in names where request.header(name) == nil {
      throw StubRefusal(403, "SignatureDoesNotMatch", "the signed header \(name) did not arrive")
    }
  }

  private func stringToSign(_ request: StubRequest, _ claim: Claim, scope: String) throws(StubRefusal) -> String {
    let signed = claim.signedHeaders.split(separator: ";").map(String.init)
    let path = ByteWords.decoded(Array(request.path.utf8)) ?? []
    let query = request.query.filter { claim.expires == nil || !$0.name.elementsEqual("X-Amz-Signature".utf8) }
      .map { (ByteWords.encoded($0.name), ByteWords.encoded($0.value)) }
      .sorted {
        $0.0 == $1.0 ? $0.1.lexicographicallyPrecedes($1.1) : $0.0.lexicographicallyPrecedes($1.0)
      }
      .map { name, value in name + [UInt8(61)] + value }
    var canonical = Array("\(request.method)\n".utf8)
    canonical += ByteWords.encoded(path, slash: true) + [10] + Array(query.joined(separator: [UInt8(38)])) + [10]
    for name in signed {
      let values = request.headers.filter { $0.name == name }
        .map { Array($0.value.utf8).split { $0 == 32 || $0 == 9 }.map { Array($0) } }
        .map { words in Array(words.joined(separator: [UInt8(32)])) }
      canonical += Array(name.utf8) + [58] + Array(values.joined(separator: [UInt8(44)])) + [10]
    }
    canonical += Array("\n\(claim.signedHeaders)\n\(claim.payload)".utf8)
    let hash = ByteWords.hex(SHA256.digest(of: canonical))
    return "\(SignatureCheck.algorithm)\n\(claim.date)\n\(scope)\n\(hash)"
  }
}
