package import BundleModel

/// A type that the text of a cell can become.
package protocol PostgresDecodable {
  /// Reads the text of a cell, nil for NULL; fails when it is not a value of this type. The bytes are lent for the
  /// time of the call.
  init?(postgres cell: UnsafeRawBufferPointer?)
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
  package init?(postgres cell: UnsafeRawBufferPointer?) {
    guard let cell else {
      self = Optional.none
      return
    }
    guard let value = Wrapped(postgres: cell) else { return nil }
    self = value
  }
}

extension String: PostgresDecodable {
  package init?(postgres cell: UnsafeRawBufferPointer?) {
    guard let cell else { return nil }
    self = String(decoding: cell, as: UTF8.self)
  }
}

extension Int64: PostgresDecodable {
  package init?(postgres cell: UnsafeRawBufferPointer?) {
    guard let cell, let value = decimal(cell) else { return nil }
    self = value
  }
}

extension Int: PostgresDecodable {
  package init?(postgres cell: UnsafeRawBufferPointer?) {
    guard let cell, let value = decimal(cell) else { return nil }
    self = Int(value)
  }
}

extension Int32: PostgresDecodable {
  package init?(postgres cell: UnsafeRawBufferPointer?) {
    guard let cell, let value = decimal(cell) else { return nil }
    self.init(exactly: value)
  }
}

extension Bool: PostgresDecodable {
  package init?(postgres cell: UnsafeRawBufferPointer?) {
    guard let cell, cell.count == 1 else { return nil }
    switch cell[0] {
    case UInt8(ascii: "t"): self = true
    case UInt8(ascii: "f"): self = false
    default: return nil
    }
  }
}

extension Double: PostgresDecodable {
  package init?(postgres cell: UnsafeRawBufferPointer?) {
    guard let cell else { return nil }
    self.init(String(decoding: cell, as: UTF8.self))
  }
}

extension Timestamp: PostgresDecodable {
  package init?(postgres cell: UnsafeRawBufferPointer?) {
    guard let cell, let moment = TimestampText.parse(cell) else { return nil }
    self = moment
  }
}

private func decimal(_ cell: UnsafeRawBufferPointer) -> Int64? {
  var index = 0
  let isNegative = cell.first == UInt8(ascii: "-")
  if isNegative { index = 1 }
  guard index < cell.count else { return nil }
  var value: Int64 = 0
  while index < cell.count {
    let digit = Int64(cell[index]) - 48
    guard digit >= 0, digit <= 9 else { return nil }
    let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
    // Downwards, for the least Int64 has no positive counterpart.
    let (next, carry) = scaled.subtractingReportingOverflow(digit)
    guard !overflow, !carry else { return nil }
    value = next
    index += 1
  }
  if isNegative { return value }
  return value == .min ? nil : -value
}
