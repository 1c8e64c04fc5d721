package import BundleModel

/// One header field as it is sent. Its value may be a secret and is never shown.
package struct HTTPHeader: Equatable, Sendable {
  package var name: String
  package var value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// A value that nobody else may see, such as a token.
  package init(_ name: String, _ value: Secret<String>) { self.init(name, value.reveal()) }
}

extension HTTPHeader: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "\(name): ••••" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}

/// The header fields of an answer, found by name in any case: servers disagree about `X-Amz-Meta-Sha256`.
package struct HTTPHeaders: Sendable {
  private var fields: [(name: String, value: String)] = []

  package init() {}

  /// The first value of a field.
  package subscript(_ name: String) -> String? {
    let wanted = HTTPHeaders.lowered(name.utf8)
    return fields.first { $0.name == wanted }?.value
  }

  /// Fields whose name begins with `prefix`, names in lower case and without it.
  package func fields(withPrefix prefix: String) -> [(name: String, value: String)] {
    fields.compactMap { $0.name.hasPrefix(prefix) ? (String($0.name.dropFirst(prefix.count)), $0.value) : nil }
  }

  /// Takes one line of the answer's head. A status line starts over: what came before was an interim answer.
  package mutating func append(line: UnsafeRawBufferPointer) {
    if line.starts(with: "HTTP/".utf8) {
      fields.removeAll()
      return
    }
    guard let colon = line.firstIndex(of: 58), colon > 0 else { return }
    let isBlank: (UInt8) -> Bool = { $0 == 32 || $0 == 9 || $0 == 13 || $0 == 10 }
    var value = line[(colon + 1)...]
    while let first = value.first, isBlank(first) { value.removeFirst() }
    while let last = value.last, isBlank(last) { value.removeLast() }
    fields.append((HTTPHeaders.lowered(line[..<colon]), String(decoding: value, as: UTF8.self)))
  }

  private static func lowered(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: bytes.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
  }
}
