internal import BundleModel

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
      guard let high = hexDigitValue(cell[index]), let low = hexDigitValue(cell[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }
}
