internal import BundleModel
internal import Hashing

/// The strong validator of a body: its SHA-256, so that every pod gives the same bytes the same tag.
///
/// Source: RFC 9110 sections 8.8.3 and 13.1.2.
enum EntityTag {
  /// The tag of some bytes, quoted.
  static func of(_ bytes: [UInt8]) -> String {
    let hash = SHA256()
    bytes.withUnsafeBytes { hash.update($0) }
    return "\"\(hash.finishChecksum().hex)\""
  }

  /// The answer with its tag; without its body when the caller has that already.
  static func condition(_ answer: APIAnswer, on request: APIRequest) -> APIAnswer {
    guard case .bytes(let bytes) = answer.body else { return answer }
    let tag = of(bytes)
    guard !request.headers.all("if-none-match").contains(where: { names(tag, in: $0) }) else {
      return APIAnswer(304, headers: ["etag": tag])
    }
    var answer = answer
    answer.headers["etag"] = tag
    return answer
  }

  /// Whether an `If-None-Match` names a tag; by weak comparison, which a proxy that compresses relies on.
  static func names(_ tag: String, in field: String) -> Bool {
    let names = field.split(separator: ",").map { $0.trimmingBlanks() }
    return names.contains { name in name == "*" || name == tag || name == "W/" + tag }
  }
}
