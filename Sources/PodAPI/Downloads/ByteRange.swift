/// Which part of a body a request wants. Source: RFC 9110 section 14.
enum ByteRange: Equatable, Sendable {
  case whole
  /// Not empty.
  case part(Range<Int64>)
  /// None of it exists.
  case unsatisfiable

  /// What the `Range` field asks of a body of this many bytes.
  ///
  /// One part alone is served; more than one, another unit and what cannot be read ask for the whole, as the RFC
  /// allows and demands.
  init(_ field: String?, of size: Int64) {
    self = .whole
    guard let field else { return }
    let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].lowercased() == "bytes" else { return }
    let text = parts[1].filter { $0 != " " && $0 != "\t" }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, !(ends[0].isEmpty && ends[1].isEmpty), ends.allSatisfy(Self.isDigits) else { return }
    if ends[0].isEmpty {
      let last = Self.number(ends[1])
      self = last == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - last)..<size)
    } else {
      let (first, last) = (Self.number(ends[0]), ends[1].isEmpty ? Int64.max - 1 : Self.number(ends[1]))
      guard first <= last else { return }
      self = first >= size ? .unsatisfiable : .part(first..<min(size, last + 1))
    }
  }

  private static func isDigits(_ text: some StringProtocol) -> Bool {
    text.utf8.allSatisfy { (48...57).contains($0) }
  }

  /// A number of any length; what is too large stands for the largest.
  private static func number(_ digits: some StringProtocol) -> Int64 { Int64(digits) ?? .max - 1 }
}
