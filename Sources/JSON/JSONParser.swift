/// A recursive-descent parser over bytes.
struct JSONParser {
  private let bytes: [UInt8]
  private var at = 0
  private let limits: JSONLimits

  init(_ bytes: [UInt8], limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }  // editors on Windows put a byte order mark
  }

  mutating func document() throws(JSONSyntaxError) -> JSONValue {
    guard bytes.count <= limits.bytes else { throw wrong("longer than \(limits.bytes) bytes") }
    let value = try value(depth: 0)
    skipBlanks()
    guard at == bytes.count else { throw wrong("unexpected text after the document") }
    return value
  }

  private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    skipBlanks()
    guard depth < limits.depth else { throw wrong("nested too deeply") }
    guard let byte = peek else { throw wrong("the text ends too early") }
    switch byte {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), 48...57: return try number()
    default: throw wrong("expected a value")
    }
  }

  private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    var fields: JSONObject = [:]
    at += 1
    skipBlanks()
    if take("}") { return .object(fields) }
    while true {
      skipBlanks()
      guard peek == UInt8(ascii: "\"") else { throw wrong("expected a name in double quotes") }
      let start = at
      let name = try string()
      if limits.duplicateNames == .refused, fields[name] != nil {
        at = start
        throw wrong("\"\(name)\" is there twice")
      }
      skipBlanks()
      guard take(":") else { throw wrong("expected ':' after \"\(name)\"") }
      fields.set(name, try value(depth: depth + 1))
      skipBlanks()
      if take("}") { return .object(fields) }
      guard take(",") else { throw wrong("expected ',' or '}'") }
    }
  }

  private mutating func array(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    var values: [JSONValue] = []
    at += 1
    skipBlanks()
    if take("]") { return .array(values) }
    while true {
      values.append(try value(depth: depth + 1))
      skipBlanks()
      if take("]") { return .array(values) }
      guard take(",") else { throw wrong("expected ',' or ']'") }
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
    guard bytes[at...].starts(with: word.utf8) else { throw wrong("expected a value") }
    at += word.utf8.count
    return value
  }

  private mutating func number() throws(JSONSyntaxError) -> JSONValue {
    let start = at
    while let byte = peek, (48...57).contains(byte) || "+-.eE".utf8.contains(byte) { at += 1 }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    guard let value = Double(text), value.isFinite, bytes[at - 1] != UInt8(ascii: ".") else {
      at = start
      throw wrong("\(text) is not a number")
    }
    return .number(value)
  }

  private mutating func string() throws(JSONSyntaxError) -> String {
    at += 1
    var out: [UInt8] = []
    while let byte = peek {
      at += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: out, as: UTF8.self) else { throw wrong("the string is not UTF-8") }
        return text
      case UInt8(ascii: "\\"): out += try escape()
      case 0..<0x20:
        at -= 1
        throw wrong("a control character in a string")
      default: out.append(byte)
      }
    }
    throw wrong("the string does not end")
  }

  private mutating func escape() throws(JSONSyntaxError) -> [UInt8] {
    guard let byte = peek else { throw wrong("the string does not end") }
    at += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "u"):
      var code = try fourHexDigits()
      if (0xD800...0xDBFF).contains(code), bytes[at...].starts(with: [0x5C, 0x75]) {
        at += 2
        let low = try fourHexDigits()
        guard (0xDC00...0xDFFF).contains(low) else { throw wrong("half a surrogate pair") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw wrong("half a surrogate pair") }
      return Array(String(Character(scalar)).utf8)
    default:
      at -= 1
      throw wrong("unknown escape in a string")
    }
  }

  private mutating func fourHexDigits() throws(JSONSyntaxError) -> UInt32 {
    guard at + 4 <= bytes.count, bytes[at] != UInt8(ascii: "+"),
      let code = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
    else { throw wrong("expected four hex digits") }
    at += 4
    return code
  }

  private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private mutating func skipBlanks() {
    while let byte = peek, byte == 32 || byte == 9 || byte == 10 || byte == 13 { at += 1 }
  }

  private func wrong(_ what: String) -> JSONSyntaxError {
    let before = bytes[..<Swift.min(at, bytes.count)]
    let line = before.count { $0 == 10 } + 1
    let start = before.lastIndex(of: 10).map { $0 + 1 } ?? 0
    return JSONSyntaxError(line: line, column: before.count - start + 1, what: what)
  }
}
