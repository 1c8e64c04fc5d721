internal import BundleModel
internal import FoundationEssentials
internal import S3

/// One line of `presign --batch`.
struct PresignLine: Decodable {
  private var method: String?
  private var endpoint: String?
  private var bucket: String?
  private var key: String?
  private var region: String?
  private var expires: Int?
  private var style: AddressStyle?
  private var query: [Pair]?
  private var headers: [Pair]?
  private var at: String?
  private var accessKey: String?
  private var secretKey: String?
  private var sessionToken: String?

  /// `[name, value]`; a value that is null or absent is none.
  private struct Pair: Decodable {
    var name: String
    var value: String?

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      name = try list.decode(String.self)
      if !list.isAtEnd { value = try list.decodeNil() ? nil : list.decode(String.self) }
      guard list.isAtEnd else {
        throw DecodingError.dataCorrupted(
          DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "more than a name and a value"))
      }
    }
  }

  /// Reads one line.
  ///
  /// - Throws: what is wrong with it; never a part of its text, which may hold a secret.
  static func request(_ line: Data, _ decoder: JSONDecoder, defaults: PresignRequest) throws(CommandFailure)
    -> PresignRequest
  {
    let read: PresignLine
    do {
      read = try decoder.decode(PresignLine.self, from: line)
    } catch let error as DecodingError {
      throw CommandFailure(.partly, PresignLine.reason(error))
    } catch {
      throw CommandFailure(.partly, "the line is not JSON")
    }
    return try read.request(defaults)
  }

  private func request(_ defaults: PresignRequest) throws(CommandFailure) -> PresignRequest {
    var request = defaults
    if let method { request.method = method }
    if let endpoint { request.endpoint = endpoint }
    if let bucket { request.bucket = bucket }
    if let key { request.key = key }
    if let region { request.region = region }
    if let expires { request.expires = expires }
    if let style { request.style = style }
    if let at { request.at = at }
    request.query = (query ?? []).map { ($0.name, $0.value) }
    request.headers = (headers ?? []).map { ($0.name, $0.value ?? "") }
    switch (accessKey, secretKey) {
    case (let access?, let secret?):
      guard !access.isEmpty, !secret.isEmpty else {
        throw CommandFailure(.partly, "accessKey or secretKey is empty")
      }
      request.credentials = S3Credentials(
        accessKeyID: access, secretAccessKey: Secret(secret), sessionToken: sessionToken.map { Secret($0) })
    case (nil, nil):
      guard sessionToken == nil else {
        throw CommandFailure(.partly, "sessionToken belongs to accessKey and secretKey")
      }
    default: throw CommandFailure(.partly, "accessKey and secretKey belong together")
    }
    return request
  }

  private static func reason(_ error: DecodingError) -> String {
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return place(context).map { "\($0) has the wrong type" } ?? "the line is no JSON object"
    case .dataCorrupted(let context):
      return place(context).map { "\($0) is not as it must be" } ?? "the line is not JSON"
    default: return "the line is not as it must be"
    }
  }

  private static func place(_ context: DecodingError.Context) -> String? { context.codingPath.first?.stringValue }
}
