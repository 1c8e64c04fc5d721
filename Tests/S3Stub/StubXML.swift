/// One element: a name with either text or children. The little of XML that S3's documents are made of.
struct StubXML: Sendable {
  var name: String
  var content: String
  var children: [StubXML]
  /// On the root of an answer only.
  var isNamespaced = false

  init(_ name: String, _ content: String) { (self.name, self.content, children) = (name, content, []) }
  init(_ name: String, _ children: [StubXML]) { (self.name, content, self.children) = (name, "", children) }

  static let namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

  /// The first child of this name.
  subscript(name: String) -> StubXML? { children.first { $0.name == name } }

  /// As it is sent.
  var text: String {
    let attribute = isNamespaced ? " xmlns=\"\(StubXML.namespace)\"" : ""
    return "<\(name)\(attribute)>\(StubXML.escaped(content))\(children.map(\.text).joined())</\(name)>"
  }

  private static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case _ where scalar.value < 32: out += "&#x\(String(scalar.value, radix: 16));"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}

extension StubXML {
  /// Reads a document; nil when it is not well-formed or uses what S3's requests never do.
  static func parse(_ bytes: [UInt8]) -> StubXML? {
    guard bytes.text != nil else { return nil }
    var reader = XMLScanner(bytes)
    reader.skipBlanks()
    if reader.take("<?xml") { guard reader.upTo("?>") != nil else { return nil } }
    reader.skipBlanks()
    guard let root = reader.element(depth: 0) else { return nil }
    reader.skipBlanks()
    return reader.isAtEnd ? root : nil
  }
}

private struct XMLScanner {
  private let bytes: [UInt8]
  private var index = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { index == bytes.count }

  mutating func skipBlanks() {
    while index < bytes.count, [9, 10, 13, 32].contains(bytes[index]) { index += 1 }
  }

  mutating func take(_ text: String) -> Bool {
    guard bytes[index...].starts(with: text.utf8) else { return false }
    index += text.utf8.count
    return true
  }

  mutating func upTo(_ text: String) -> [UInt8]? {
    let begin = index
    while index < bytes.count {
      let end = index
      if take(text) { return Array(bytes[begin..<end]) }
      index += 1
    }
    return nil
  }

  /// An element from its `<`; attributes are read and forgotten.
  mutating func element(depth: Int) -> StubXML? {
    guard depth < 8, take("<"), let tag = upTo(">")?.text else { return nil }
    let isEmpty = tag.hasSuffix("/")
    let name = String(tag.drop { $0 == "/" }.prefix { $0 != " " && $0 != "/" })
    guard !name.isEmpty, !tag.hasPrefix("/"), !tag.contains("<") else { return nil }
    var element = StubXML(name, "")
    if isEmpty { return element }
    var text: [UInt8] = []
    while index < bytes.count {
      if take("</") {
        guard let end = upTo(">")?.text, end == name, let content = XMLScanner.unescaped(text) else { return nil }
        element.content = element.children.isEmpty ? content : ""
        return element
      } else if bytes[index] == 60 {
        guard let child = self.element(depth: depth + 1) else { return nil }
        element.children.append(child)
      } else {
        text.append(bytes[index])
        index += 1
      }
    }
    return nil
  }

  /// Resolves entities. As XML has it, a bare CR is read as LF and other control characters are an error.
  private static func unescaped(_ bytes: [UInt8]) -> String? {
    var out = String.UnicodeScalarView()
    var rest = String(decoding: bytes, as: UTF8.self).unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "&":
        let name = rest.prefix { $0 != ";" }
        rest = rest.dropFirst(name.count)
        guard rest.popFirst() == ";", let value = entity(String(name)) else { return nil }
        out.append(value)
      case "\r":
        if rest.first == "\n" { rest.removeFirst() }
        out.append("\n")
      case "\t", "\n": out.append(scalar)
      case _ where scalar.value < 32: return nil
      default: out.append(scalar)
      }
    }
    return String(out)
  }

  private static func entity(_ name: String) -> Unicode.Scalar? {
    switch name {
    case "amp": "&"
    case "lt": "<"
    case "gt": ">"
    case "quot": "\""
    case "apos": "'"
    case _ where name.hasPrefix("#x"): UInt32(name.dropFirst(2), radix: 16).flatMap { Unicode.Scalar($0) }
    case _ where name.hasPrefix("#"): UInt32(name.dropFirst(1)).flatMap { Unicode.Scalar($0) }
    default: nil
    }
  }
}
