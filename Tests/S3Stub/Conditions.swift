/// Conditional requests and ranges.
///
/// Source: RFC 9110, sections 13 and 14; https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
enum Conditions {
  /// `If-None-Match: *` and `If-Match` of a write.
  static func admitWrite(_ request: StubRequest, over present: StubObject?) throws(StubRefusal) {
    if let value = request.header("if-none-match") {
      guard value == "*" else { throw StubRefusal(501, "NotImplemented", "only If-None-Match: * is spoken here") }
      guard present == nil else { throw failed("If-None-Match") }
    }
    if let value = request.header("if-match") {
      guard let present else { throw StubRefusal(404, "NoSuchKey", "The specified key does not exist.") }
      guard isMatch(value, present) else { throw failed("If-Match") }
    }
  }

  /// `If-Match` and `If-None-Match` of GET and HEAD.
  static func admitRead(_ request: StubRequest, of object: StubObject) throws(StubRefusal) {
    if let value = request.header("if-match"), !isMatch(value, object) { throw failed("If-Match") }
    if let value = request.header("if-none-match"), isMatch(value, object) {
      throw StubRefusal(304, "NotModified", headers: [("ETag", "\"\(object.etag)\"")])
    }
  }

  /// The same of a copy's source.
  static func admitCopy(_ request: StubRequest, of object: StubObject) throws(StubRefusal) {
    if let value = request.header("x-amz-copy-source-if-match"), !isMatch(value, object) {
      throw failed("x-amz-copy-source-If-Match")
    }
    if let value = request.header("x-amz-copy-source-if-none-match"), isMatch(value, object) {
      throw failed("x-amz-copy-source-If-None-Match")
    }
  }

  private static func isMatch(_ value: String, _ object: StubObject) -> Bool {
    value == "*"
      || value.split(separator: ",").contains { $0.filter { $0 != "\"" && $0 != " " } == object.etag }
  }

  private static func failed(_ condition: String) -> StubRefusal {
    StubRefusal(
      412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold",
      details: [("Condition", condition)])
  }

  /// The bytes asked for; nil for all of them. Several ranges count as none, as at AWS.
  static func range(_ request: StubRequest, size: Int) throws(StubRefusal) -> Range<Int>? {
    guard let text = request.header("range"), text.hasPrefix("bytes=") else { return nil }
    let (first, last) = Array(text.utf8.dropFirst(6)).cut(at: 45)
    guard let last, let firstText = first.text, let lastText = last.text else { return nil }
    let unsatisfiable = StubRefusal(
      416, "InvalidRange", "The requested range is not satisfiable",
      details: [("RangeRequested", text), ("ActualObjectSize", String(size))],
      headers: [("Content-Range", "bytes */\(size)")])
    if firstText.isEmpty {
      guard let count = Int(lastText) else { return nil }
      guard count > 0, size > 0 else { throw unsatisfiable }
      return max(0, size - count)..<size
    }
    guard let begin = Int(firstText), lastText.isEmpty || Int(lastText) != nil else { return nil }
    let end = Int(lastText) ?? Int.max - 1
    guard end >= begin else { return nil }
    guard begin < size else { throw unsatisfiable }
    return begin..<min(end + 1, size)
  }
}
