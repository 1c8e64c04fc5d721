internal import BundleModel
internal import HTTPTransport

extension ProbeRequests {
  func askAboutParts() async throws(S3Error) -> [Capability] {
    let (works, again) = try await wholeUpload()
    return [
      works, again,
      works.answer == .yes
        ? try await smallParts()
        : Capability(
          .smallPartsRefused, .unknown, "uploads in parts do not work"),
    ]
  }

  private func wholeUpload() async throws(S3Error) -> (works: Capability, again: Capability) {
    func none(_ seen: String) -> (Capability, Capability) {
      (Capability(.multipart, .no, seen), Capability(.completeTwice, .unknown, "uploads in parts do not work"))
    }
    let text = Array("one small part".utf8)
    let begun = try await send(Wish(method: .post, key: key("parts"), query: [("uploads", "")], body: []))
    guard let upload = uploadID(begun) else { return none("begin: \(begun.inWords)") }
    let part = try await sendPart(1, text, key("parts"), upload)
    guard part.isSuccess, let etag = part.headers["etag"] else { return none("part: \(part.inWords)") }
    let first = try await complete(key("parts"), upload, [etag])
    guard first.isSuccess, S3ErrorDocument(first.body) == nil else { return none("complete: \(first.inWords)") }
    guard try await bytes("parts") == text else { return none("the object has other bytes") }
    let second = try await complete(key("parts"), upload, [etag])
    let isSame = second.isSuccess && S3ErrorDocument(second.body) == nil
    let isThere = try await bytes("parts") == text
    return (
      Capability(.multipart, .yes, "one part, the bytes are equal"),
      Capability(
        .completeTwice, isSame && isThere ? .yes : .no,
        isThere ? second.inWords : "the object is gone (\(second.inWords))")
    )
  }

  private func smallParts() async throws(S3Error) -> Capability {
    let begun = try await send(Wish(method: .post, key: key("small-parts"), query: [("uploads", "")], body: []))
    guard let upload = uploadID(begun) else { return Capability(.smallPartsRefused, .unknown, begun.inWords) }
    var etags: [String] = []
    for number in 1...2 {
      let part = try await sendPart(number, Array("too small".utf8), key("small-parts"), upload)
      guard let etag = part.headers["etag"] else { break }
      etags.append(etag)
    }
    let end = try await complete(key("small-parts"), upload, etags)
    let isRefused = !end.isSuccess || S3ErrorDocument(end.body) != nil
    return Capability(.smallPartsRefused, isRefused ? .yes : .no, end.inWords)
  }

  private func sendPart(
    _ number: Int, _ body: [UInt8], _ key: String, _ upload: String
  ) async throws(S3Error) -> HTTPResponse {
    try await send(
      Wish(
        method: .put, key: key, query: [("partNumber", String(number)), ("uploadId", upload)], body: body))
  }

  private func complete(
    _ key: String, _ upload: String, _ etags: [String]
  ) async throws(S3Error) -> HTTPResponse {
    let parts = etags.enumerated().map { index, etag in
      "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(etag.replacing("\"", with: "&quot;"))</ETag></Part>"
    }
    let body = "<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>"
    return try await send(
      Wish(method: .post, key: key, query: [("uploadId", upload)], body: Array(body.utf8)))
  }

  private func uploadID(_ response: HTTPResponse) -> String? {
    guard response.isSuccess else { return nil }
    var reader = XMLReader(response.body)
    var isInside = false
    while let event = try? reader.next() {
      switch event {
      case .start(let name): isInside = name == "UploadId"
      case .text(let text) where isInside: return String(decoding: text, as: UTF8.self)
      default: break
      }
    }
    return nil
  }
}
