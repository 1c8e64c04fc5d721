internal import BundleModel
internal import Hashing

/// The strong validator of a body: its SHA-256, so that every pod gives the same bytes the same tag.
///
/// Source: RFC 9110 sections 8.8.3 and 13.1.
struct EntityTag: Equatable, Sendable {
  /// With its quotes, as header fields write it.
  let text: String

  init(_ checksum: Checksum) { text = "\"\(checksum.hex)\"" }

  init(of bytes: [UInt8]) {
    let hash = SHA256()
    bytes.withUnsafeBytes { hash.update($0) }
    self.init(hash.finishChecksum())
  }

  /// Whether `If-None-Match` names it, so that the caller has it already; by weak comparison, which a proxy that
  /// compresses relies on.
  func isListed(in field: String?) -> Bool {
    guard let field else { return false }
    return field.split(separator: ",").contains { entry in
      var tag = entry.trimmingBlanks()[...]
      if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
      return tag == "*" || tag == text
    }
  }

  /// Whether `If-Range` lets a part be sent: it names this very content. A date or a weak tag never does.
  func allowsPart(_ field: String?) -> Bool { field.map { $0.trimmingBlanks() == text } ?? true }
}

extension APIAnswer {
  /// The answer with the tag of its bytes; without its body when the caller has that already.
  func tagged(for request: APIRequest) -> APIAnswer {
    guard case .bytes(let bytes) = body else { return self }
    let tag = EntityTag(of: bytes)
    guard !request.headers.all("if-none-match").contains(where: { tag.isListed(in: $0) }) else {
      return APIAnswer(304, headers: ["etag": tag.text])
    }
    var answer = self
    answer.headers["etag"] = tag.text
    return answer
  }
}
