/// One request as it arrived.
package struct StubRequest: Sendable {
  /// `GET`.
  package var method: String
  /// The request target, byte by byte as it was sent.
  package var target: String
  /// In the order of arrival; names in lower case, values without the blanks around them.
  package var headers: [(name: String, value: String)]
  /// What came after the head.
  package internal(set) var body: [UInt8] = []
  /// What it asks for; nil when that cannot be told.
  package internal(set) var operation: StubOperation?
  /// The status of the answer; nil when none was sent.
  package internal(set) var status: Int?
  /// What the script did to it.
  package internal(set) var fault: String?

  /// The target before its `?`.
  package var path: String { Array(target.utf8).cut(at: 63).before.text ?? "" }
  /// The names of the query, decoded, in order.
  package var queryNames: [String] { query.compactMap { $0.name.text } }

  /// The values of a header joined by commas; nil when it is absent.
  package func header(_ name: String) -> String? {
    let values = headers.filter { $0.name == name }.map(\.value)
    return values.isEmpty ? nil : values.joined(separator: ",")
  }

  /// The decoded value of a name of the query; nil when it is absent, empty when it has none.
  package func parameter(_ name: String) -> String? {
    query.first { $0.name.elementsEqual(name.utf8) }.flatMap { $0.value.text }
  }

  /// The query, decoded, in order. Nothing where an escape is broken: such a request is refused before this matters.
  var query: [(name: [UInt8], value: [UInt8])] {
    guard let query = Array(target.utf8).cut(at: 63).after, !query.isEmpty else { return [] }
    return query.split(separator: 38, omittingEmptySubsequences: false).compactMap { pair in
      let (name, value) = Array(pair).cut(at: 61)
      guard let name = ByteWords.decoded(name), let value = ByteWords.decoded(value ?? []) else { return nil }
      return (name, value)
    }
  }

  /// Bytes of body that the head promises; nil when it does not say.
  var contentLength: Int? { header("content-length").flatMap { Int($0) } }

  /// Reads a head without its empty line; nil when it is not HTTP/1.1 as RFC 9112 has it.
  init?(head: [UInt8]) {
    guard let lines = StubRequest.lines(head), let first = lines.first else { return nil }
    let words = first.split(separator: 32, omittingEmptySubsequences: false).map { Array($0).text }
    guard words.count == 3, let method = words[0], let target = words[1], words[2] == "HTTP/1.1",
      !method.isEmpty, method.utf8.allSatisfy({ (65...90).contains($0) }), target.utf8.first == 47,
      target.utf8.allSatisfy({ (33...126).contains($0) && $0 != 35 })
    else { return nil }
    self.method = method
    self.target = target
    headers = []
    for line in lines.dropFirst() {
      let (name, value) = line.cut(at: 58)
      guard let value = value?.trimmed.text, let name = name.text, !name.isEmpty,
        name.utf8.allSatisfy(StubRequest.isToken), !value.utf8.contains(where: { $0 < 32 && $0 != 9 || $0 == 127 })
      else { return nil }
      headers.append((name.lowercased(), value))
    }
    let lengths = headers.filter { $0.name == "content-length" }
    let isNumber = lengths.allSatisfy { !$0.value.isEmpty && $0.value.utf8.allSatisfy({ (48...57).contains($0) }) }
    guard headers.count(where: { $0.name == "host" }) == 1, lengths.count <= 1, isNumber else { return nil }
  }

  /// Lines that end in CR LF and hold neither of them.
  private static func lines(_ head: [UInt8]) -> [[UInt8]]? {
    var lines: [[UInt8]] = [[]]
    var index = 0
    while index < head.count {
      if head[index] == 13, index + 1 < head.count, head[index + 1] == 10 {
        lines.append([])
        index += 2
        continue
      }
      guard head[index] != 13, head[index] != 10 else { return nil }
      lines[lines.count - 1].append(head[index])
      index += 1
    }
    return lines
  }

  private static func isToken(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
      || "!#$%&'*+-.^_`|~".utf8.contains(byte)
  }
}
