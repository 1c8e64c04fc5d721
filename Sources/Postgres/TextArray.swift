/// text[] in its text form: `{a,"b \"c\"",NULL}`. Source: Postgres manual, 8.15.6.
enum TextArray {
  static func parse(_ cell: UnsafeRawBufferPointer) -> [String?]? {
    guard cell.count >= 2, cell[0] == UInt8(ascii: "{"), cell[cell.count - 1] == UInt8(ascii: "}") else {
      return nil
    }
    let end = cell.count - 1
    var elements: [String?] = []
    guard end > 1 else { return elements }
    var index = 1
    while true {
      guard let element = element(cell, &index, end) else { return nil }
      elements.append(element)
      if index == end { return elements }
      guard cell[index] == UInt8(ascii: ",") else { return nil }
      index += 1
    }
  }

  /// The element at `index`, which moves behind it; the outer nil says malformed, the inner one NULL.
  private static func element(_ cell: UnsafeRawBufferPointer, _ index: inout Int, _ end: Int) -> String?? {
    var bytes: [UInt8] = []
    guard index < end else { return nil }
    let isQuoted = cell[index] == UInt8(ascii: "\"")
    if isQuoted { index += 1 }
    while index < end {
      switch cell[index] {
      case UInt8(ascii: "\""):
        guard isQuoted else { return nil }
        index += 1
        return String(decoding: bytes, as: UTF8.self)
      case UInt8(ascii: "\\"):
        index += 1
        guard index < end else { return nil }
        bytes.append(cell[index])
      case UInt8(ascii: ",") where !isQuoted:
        return unquoted(bytes)
      case UInt8(ascii: "{") where !isQuoted, UInt8(ascii: "}") where !isQuoted:
        return nil
      case let byte:
        bytes.append(byte)
      }
      index += 1
    }
    return isQuoted ? nil : unquoted(bytes)
  }

  private static func unquoted(_ bytes: [UInt8]) -> String?? {
    if bytes.isEmpty { return nil }
    return bytes.elementsEqual("NULL".utf8) ? .some(nil) : String(decoding: bytes, as: UTF8.self)
  }
}
