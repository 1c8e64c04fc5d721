/// A pull parser for the small documents that S3 answers with: elements, text, CDATA, the five entities and numeric
/// references, over bytes. No DTD (so no entity of anybody's making), no namespaces beyond dropping prefixes. Every
/// document is read in one pass and memory of its own length, whatever it holds.
struct XMLReader {
  enum Event: Equatable {
    /// Name without prefix; attributes are skipped.
    case start(String)
    case end(String)
    /// Between two tags, entities resolved; valid UTF-8. One text may come in pieces.
    case text([UInt8])
  }

  /// The document is not XML, or not of the plain kind that is read here.
  struct Malformed: Error, Equatable {
    /// Offset in bytes.
    var offset: Int
  }

  private let bytes: [UInt8]
  private var position = 0
  private var open: [String] = []
  private var pendingEnd: String?
  private var hasRoot = false
  private static let deepest = 64
  private static let longestName = 256

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next event; nil at the end of a complete document.
  mutating func next() throws(Malformed) -> Event? {
    if let name = pendingEnd {
      pendingEnd = nil
      return try close(name)
    }
    while position < bytes.count {
      guard bytes[position] == 60 else {
        let text = try readText()
        if open.isEmpty {
          // Blanks (and a byte order mark) around the root are fine, anything else is not.
          guard text.allSatisfy({ [32, 9, 10, 13, 0xEF, 0xBB, 0xBF].contains($0) }) else { throw malformed }
          continue
        }
        return .text(text)
      }
      if looking(at: "<?") {
        try skip(past: "?>")
      } else if looking(at: "<!--") {
        try skip(past: "-->")
      } else if looking(at: "<![CDATA[") {
        return .text(try readCDATA())
      } else if looking(at: "<!") {
        throw malformed
      } else if looking(at: "</") {
        position += 2
        let name = try readName()
        skipBlanks()
        guard looking(at: ">") else { throw malformed }
        position += 1
        return try close(name)
      } else {
        return try readStart()
      }
    }
    guard open.isEmpty, hasRoot else { throw malformed }
    return nil
  }

  private var malformed: Malformed { Malformed(offset: position) }

  private mutating func readStart() throws(Malformed) -> Event {
    position += 1
    let name = try readName()
    guard open.count < XMLReader.deepest, !(open.isEmpty && hasRoot) else { throw malformed }
    hasRoot = true
    var quote: UInt8?
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if let mark = quote {
        if byte == mark { quote = nil }
      } else if byte == 34 || byte == 39 {
        quote = byte
      } else if byte == 60 {
        throw malformed
      } else if byte == 62 {
        open.append(name)
        if bytes[position - 2] == 47 { pendingEnd = name }
        return .start(name)
      }
    }
    throw malformed
  }

  private mutating func close(_ name: String) throws(Malformed) -> Event {
    guard open.popLast() == name else { throw malformed }
    return .end(name)
  }

  private mutating func readName() throws(Malformed) -> String {
    let start = position
    while position < bytes.count, !XMLReader.isBlank(bytes[position]), ![47, 60, 61, 62].contains(bytes[position]) {
      position += 1
    }
    guard position - start <= XMLReader.longestName else { throw malformed }
    let local = bytes[start..<position].split(separator: 58, omittingEmptySubsequences: false).last ?? []
    guard !local.isEmpty, !local.contains(where: XMLReader.isControl),
      let name = String(validating: local, as: UTF8.self)
    else { throw malformed }
    return name
  }

  private mutating func readText() throws(Malformed) -> [UInt8] {
    var out: [UInt8] = []
    while position < bytes.count, bytes[position] != 60 {
      if bytes[position] == 38 {
        out += try readReference()
      } else {
        guard !XMLReader.isControl(bytes[position]) else { throw malformed }
        out.append(bytes[position])
        position += 1
      }
    }
    return try validated(out)
  }

  private func validated(_ text: [UInt8]) throws(Malformed) -> [UInt8] {
    guard String(validating: text, as: UTF8.self) != nil else { throw malformed }
    return text
  }

  private mutating func readReference() throws(Malformed) -> [UInt8] {
    guard let end = bytes[position...].prefix(12).firstIndex(of: 59) else { throw malformed }
    let name = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
    defer { position = end + 1 }
    switch name {
    case "lt": return [60]
    case "gt": return [62]
    case "amp": return [38]
    case "quot": return [34]
    case "apos": return [39]
    default:
      guard name.hasPrefix("#") else { throw malformed }
      let isHex = name.hasPrefix("#x") || name.hasPrefix("#X")
      let digits = name.dropFirst(isHex ? 2 : 1)
      // Swift's numbers may have a sign. Control characters XML 1.0 forbids, but AWS writes them like this.
      guard digits.utf8.first.map({ $0 != 43 && $0 != 45 }) == true,
        let value = UInt32(digits, radix: isHex ? 16 : 10), value > 0, let scalar = Unicode.Scalar(value)
      else { throw malformed }
      return Array(String(Character(scalar)).utf8)
    }
  }

  private mutating func readCDATA() throws(Malformed) -> [UInt8] {
    let start = position + 9
    guard !open.isEmpty else { throw malformed }
    try skip(past: "]]>")
    let text = Array(bytes[start..<(position - 3)])
    guard !text.contains(where: XMLReader.isControl) else { throw malformed }
    return try validated(text)
  }

  private mutating func skipBlanks() {
    while position < bytes.count, XMLReader.isBlank(bytes[position]) { position += 1 }
  }

  private mutating func skip(past mark: StaticString) throws(Malformed) {
    while position < bytes.count {
      if looking(at: mark) {
        position += mark.utf8CodeUnitCount
        return
      }
      position += 1
    }
    throw malformed
  }

  private func looking(at mark: StaticString) -> Bool {
    guard position + mark.utf8CodeUnitCount <= bytes.count else { return false }
    return mark.withUTF8Buffer { bytes[position..<(position + $0.count)].elementsEqual($0) }
  }

  /// What XML 1.0 has no room for: all below the blank but its four blanks.
  private static func isControl(_ byte: UInt8) -> Bool { byte < 32 && !isBlank(byte) }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }
}
