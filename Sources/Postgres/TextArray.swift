/// A type whose arrays a cell can become: `String` for text[], `String?` where elements may be NULL, `UInt8` for
/// bytea.
package protocol PostgresArrayElement {
  /// Reads the text of a whole cell; nil when it is not such an array.
  static func array(postgres cell: UnsafeRawBufferPointer) -> [Self]?
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
  package init?(postgres cell: UnsafeRawBufferPointer?) {
    guard let cell, let elements = Element.array(postgres: cell) else { return nil }
    self = elements
  }
}

extension String: PostgresArrayElement {
  /// Fails for nested arrays, and for NULL among the elements.
  package static func array(postgres cell: UnsafeRawBufferPointer) -> [String]? {
    guard let elements = TextArray.parse(cell) else { return nil }
    let present = elements.compactMap { $0 }
    return present.count == elements.count ? present : nil
  }
}

extension Optional: PostgresArrayElement where Wrapped == String {
  /// Fails for nested arrays.
  package static func array(postgres cell: UnsafeRawBufferPointer) -> [String?]? { TextArray.parse(cell) }
}

extension UInt8: PostgresArrayElement {
  /// bytea in its hex form. Source: Postgres manual, 8.4.1.
  package static func array(postgres cell: UnsafeRawBufferPointer) -> [UInt8]? {
    guard cell.count >= 2, cell.count % 2 == 0, cell[0] == UInt8(ascii: "\\"), cell[1] == UInt8(ascii: "x")
    else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(cell.count / 2 - 1)
    for index in stride(from: 2, to: cell.count, by: 2) {
      guard let high = hexDigit(cell[index]), let low = hexDigit(cell[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 48...57: byte - 48
  case 97...102: byte - 87
  case 65...70: byte - 55
  default: nil
  }
}

/// text[] in its text form: `{a,"b \"c\"",NULL}`. Source: Postgres manual, 8.15.6.
private enum TextArray {
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
