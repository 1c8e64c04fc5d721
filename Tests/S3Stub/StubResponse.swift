/// What the stub means to answer, before the script spoils it.
struct StubResponse: Sendable {
  var status: Int
  var headers: [(name: String, value: String)] = []
  var body: [UInt8] = []

  /// A document.
  static func xml(
    _ status: Int, _ root: StubXML, headers: [(name: String, value: String)] = []
  ) -> Self {
    StubResponse(
      status: status, headers: headers + [("Content-Type", "application/xml")],
      body: Array(("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + root.text).utf8))
  }

  /// Replaces or adds a header.
  mutating func set(_ name: String, _ value: String) {
    headers.removeAll { $0.name.lowercased() == name.lowercased() }
    headers.append((name, value))
  }

  /// Status line and headers up to and with the empty line.
  func head(contentLength: Int?) -> [UInt8] {
    var lines = ["HTTP/1.1 \(status) \(StubResponse.reason(status))"]
    lines += headers.map { "\($0.name): \($0.value)" }
    if let contentLength, status != 204, status != 304 { lines.append("Content-Length: \(contentLength)") }
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  private static func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 204: "No Content"
    case 206: "Partial Content"
    case 304: "Not Modified"
    case 400: "Bad Request"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 503: "Slow Down"
    default: "Status"
    }
  }
}

/// Why a request is refused, in S3's words.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
struct StubRefusal: Error, Sendable {
  var status: Int
  var code: String
  var message = ""
  /// More elements of the document.
  var details: [(name: String, value: String)] = []
  var headers: [(name: String, value: String)] = []

  init(
    _ status: Int, _ code: String, _ message: String = "", details: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)] = []
  ) {
    self.status = status
    self.code = code
    self.message = message.isEmpty ? code : message
    self.details = details
    self.headers = headers
  }

  /// The document that says so.
  var document: StubXML {
    StubXML(
      "Error",
      [StubXML("Code", code), StubXML("Message", message)] + details.map { StubXML($0.name, $0.value) }
        + [StubXML("RequestId", "STUB"), StubXML("HostId", "stub")])
  }

  var response: StubResponse {
    // 304 has no body by its definition.
    status == 304 ? StubResponse(status: 304, headers: headers) : .xml(status, document, headers: headers)
  }
}
