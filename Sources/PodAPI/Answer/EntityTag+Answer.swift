internal import Hashing

extension EntityTag {
  /// The tag of a body: whichever pod answers, the same bytes have the same one.
  init(of bytes: [UInt8]) {
    let hash = SHA256()
    bytes.withUnsafeBytes { hash.update($0) }
    self.init(hash.finishChecksum())
  }
}

extension APIAnswer {
  /// The answer with the tag of its body; without the body when the caller has that already (RFC 9110 section 13.1.2).
  ///
  /// - Parameter tag: of the body, when it is known.
  func conditional(on request: APIRequest, tag: EntityTag? = nil) -> APIAnswer {
    guard case .bytes(let bytes) = body else { return self }
    let tag = tag ?? EntityTag(of: bytes)
    guard !request.headers.all("if-none-match").contains(where: { tag.isListed(in: $0) }) else {
      return APIAnswer(304, headers: ["etag": tag.text])
    }
    var answer = self
    answer.headers["etag"] = tag.text
    return answer
  }
}
