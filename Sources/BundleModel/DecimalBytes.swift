extension [UInt8] {
  /// Appends a number in decimal digits, with leading zeros up to `width` digits.
  package mutating func appendDecimal(_ value: Int64, width: Int = 1) {
    if value < 0 { append(UInt8(ascii: "-")) }
    let start = count
    var rest = value.magnitude
    while rest > 0 || count - start < width {
      append(48 + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    }
    self[start...].reverse()
  }
}

extension Timestamp {
  /// Appends what `iso8601` tells, for whoever writes thousands of them.
  package func appendISO8601(to bytes: inout [UInt8]) {
    let time = CivilTime(self)
    bytes.appendDecimal(Int64(time.year), width: 4)
    func append(_ mark: UInt8, _ value: Int, width: Int = 2) {
      bytes.append(mark)
      bytes.appendDecimal(Int64(value), width: width)
    }
    append(UInt8(ascii: "-"), time.month)
    append(UInt8(ascii: "-"), time.day)
    append(UInt8(ascii: "T"), time.hour)
    append(UInt8(ascii: ":"), time.minute)
    append(UInt8(ascii: ":"), time.second)
    append(UInt8(ascii: "."), time.microsecond / 1000, width: 3)
    bytes.append(UInt8(ascii: "Z"))
  }
}
