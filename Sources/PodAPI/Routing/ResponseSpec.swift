/// One way in which a route answers, as data.
package struct ResponseSpec: Sendable {
  package enum Content: Sendable {
    case none
    case json(Schema)
    /// Bytes of a content type that no schema describes.
    case bytes(type: String)
  }

  package var status: Int
  package var summary: String
  package var content: Content
  /// Header fields beside those of every answer, with what they say.
  package var headers: [(name: String, summary: String)]

  package init(
    _ status: Int, _ summary: String, _ content: Content = .none, headers: [(name: String, summary: String)] = []
  ) {
    self.status = status
    self.summary = summary
    self.content = content
    self.headers = headers
  }

  /// A failure as AppHub tells it.
  package static func error(_ status: Int, _ summary: String) -> ResponseSpec {
    ResponseSpec(status, summary, .json(.ref(status == 400 ? "ValidationError" : "Error")))
  }
}
