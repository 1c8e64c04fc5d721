internal import HTTPTransport

extension S3Client {
  /// Reads a part of an object into memory. For those who pass an object on at somebody else's pace: between two
  /// parts no connection waits.
  ///
  /// - Parameter range: not empty, 16 MiB at most.
  /// - Returns: the bytes, all of them; the object's length; its strong ETag, without quotes.
  /// - Throws: `.integrity` when the answer is not the part that was asked for.
  package func getRange(
    bucket: String, key: String, range: Range<Int64>
  ) async throws(S3Error) -> (bytes: [UInt8], total: Int64, etag: String?) {
    var call = S3Call(method: .get, operation: "GET", bucket: bucket, key: key)
    call.headers = [HTTPHeader("Range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")]
    call.answersDocument = false
    let response = try await perform(call)
    let tag = response.headers["etag"].flatMap { $0.hasPrefix("W/") ? nil : $0.filter { $0 != "\"" } }
    guard let text = response.headers["content-range"] else {
      // A server that knows no ranges sends everything.
      guard response.status == 200, response.body.count >= range.upperBound else {
        throw wrongRange(call, "the server does not say which part it sends")
      }
      let part = response.body[Int(range.lowerBound)..<Int(range.upperBound)]
      return (Array(part), Int64(response.body.count), tag)
    }
    guard let part = ContentRange(text), let total = part.total, part.first == range.lowerBound,
      part.last == range.upperBound - 1, response.body.count == range.count
    else { throw wrongRange(call, "asked for \(range.count) bytes from \(range.lowerBound) on, got others") }
    return (response.body, total, tag)
  }

  private func wrongRange(_ call: S3Call, _ detail: String) -> S3Error {
    call.subject(endpoint).error(.integrity, code: "WrongRange", detail)
  }
}
