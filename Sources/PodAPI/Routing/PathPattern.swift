/// The form of the paths that a route answers, such as `/examples/bundles/{slug}/sign`.
package struct PathPattern: Hashable, Sendable, CustomStringConvertible {
  private enum Segment: Hashable {
    case literal(String)
    case parameter(String)
  }

  /// The pattern as it is written: the label of metrics and the key of the OpenAPI document.
  package let text: String
  private let segments: [Segment]

  package init(_ text: String) {
    self.text = text
    segments = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { segment in
      segment.hasPrefix("{") && segment.hasSuffix("}")
        ? .parameter(String(segment.dropFirst().dropLast())) : .literal(String(segment))
    }
  }

  /// The names between braces, in order.
  package var parameters: [String] {
    segments.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
  }

  /// What the braces stand for in a path; nil when the path has another form. A parameter may be empty.
  package func match(_ path: [String]) -> PathParameters? {
    guard path.count == segments.count else { return nil }
    var values: [String: String] = [:]
    for (segment, text) in zip(segments, path) {
      switch segment {
      case .literal(let literal): guard literal.utf8.elementsEqual(text.utf8) else { return nil }
      case .parameter(let name): values[name] = text
      }
    }
    return PathParameters(values)
  }

  package var description: String { text }
}

/// What the path of one request says for the braces of its route's pattern, decoded.
package struct PathParameters: Equatable, Sendable {
  private let values: [String: String]

  package init(_ values: [String: String] = [:]) { self.values = values }

  /// The text of a name that stands in the pattern; empty for any other.
  package subscript(_ name: String) -> String { values[name] ?? "" }
}
