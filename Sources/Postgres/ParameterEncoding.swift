package import BundleModel
internal import CPostgres
internal import Glibc

/// The values of one statement as libpq takes them: one buffer of NUL-terminated texts, and where each begins.
struct EncodedParameters {
  private var bytes: [UInt8] = []
  /// nil is NULL.
  private var starts: [Int?] = []
  private var lengths: [Int32] = []
  private var formats: [Int32] = []
  private var types: [Oid] = []

  /// - Throws: `.encoding` for text with a NUL character, which Postgres cannot hold.
  init(_ parameters: [Parameter]) throws(PostgresError) {
    bytes.reserveCapacity(parameters.count * 24)
    for (index, parameter) in parameters.enumerated() {
      let start = bytes.count
      switch parameter {
      case .null: break
      case .text(let text): bytes.append(contentsOf: text.utf8)
      case .integer(let value): bytes.append(contentsOf: String(value).utf8)
      case .boolean(let value): bytes.append(UInt8(ascii: value ? "t" : "f"))
      case .double(let value): bytes.append(contentsOf: value.description.utf8)
      case .timestamp(let moment): bytes.append(contentsOf: moment.postgresText.utf8)
      case .interval(let span): bytes.append(contentsOf: span.postgresText.utf8)
      case .textArray(let elements): Self.append(elements, to: &bytes)
      case .bytes(let value): bytes.append(contentsOf: value)
      }
      let isBinary = if case .bytes = parameter { true } else { false }
      if !isBinary, holdsNUL(from: start) {
        throw PostgresError(
          .encoding, "parameter $\(index + 1) holds a NUL character, which Postgres cannot store in text")
      }
      starts.append(parameter == .null ? nil : start)
      lengths.append(Int32(bytes.count - start))
      formats.append(isBinary ? 1 : 0)
      types.append(isBinary ? 17 : 0)  // 17 is bytea in pg_type; 0 lets the statement decide
      bytes.append(0)
    }
  }

  private func holdsNUL(from start: Int) -> Bool {
    bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, start < bytes.count else { return false }
      return memchr(base + start, 0, bytes.count - start) != nil
    }
  }

  /// Lends the arrays for one call of `PQsendQueryParams`.
  func withPointers<R>(
    _ body: (
      _ count: Int32, _ types: UnsafePointer<Oid>?, _ values: UnsafePointer<UnsafePointer<CChar>?>?,
      _ lengths: UnsafePointer<Int32>?, _ formats: UnsafePointer<Int32>?
    ) -> R
  ) -> R {
    guard !starts.isEmpty else { return body(0, nil, nil, nil, nil) }
    return bytes.withUnsafeBytes { buffer in
      let base = buffer.baseAddress!.assumingMemoryBound(to: CChar.self)  // never empty: a NUL for each parameter
      let values: [UnsafePointer<CChar>?] = starts.map { $0.map { base + $0 } }
      return values.withUnsafeBufferPointer { body(Int32(starts.count), types, $0.baseAddress, lengths, formats) }
    }
  }

  /// An array literal with every element quoted. Source: Postgres manual, 8.15.6.
  private static func append(_ elements: [String], to bytes: inout [UInt8]) {
    bytes.reserveCapacity(bytes.count + elements.reduce(2) { $0 + $1.utf8.count + 3 })
    bytes.append(UInt8(ascii: "{"))
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(UInt8(ascii: "\""))
      var element = element
      element.withUTF8 { appendEscaped($0, to: &bytes) }
      bytes.append(UInt8(ascii: "\""))
    }
    bytes.append(UInt8(ascii: "}"))
  }

  /// A text with a backslash before each quote and backslash. What is between them is copied as a whole: the names of
  /// a large catalogue travel with every claim.
  private static func appendEscaped(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    var start = 0
    for (index, byte) in text.enumerated() where byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
      bytes.append(UInt8(ascii: "\\"))
      start = index
    }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
  }
}

extension Timestamp {
  /// ISO with microseconds and zone, years before 1 as BC. Source: Postgres manual, 8.5.1.
  package var postgresText: String {
    if self == .infiniteFuture { return "infinity" }
    if self == .infinitePast { return "-infinity" }
    let c = CivilTime(self)
    let year = c.year > 0 ? c.year : 1 - c.year
    let date = "\(year.padded(4))-\(c.month.padded(2))-\(c.day.padded(2))"
    let time = "\(c.hour.padded(2)):\(c.minute.padded(2)):\(c.second.padded(2)).\(c.microsecond.padded(6))"
    return "\(date) \(time)+00\(c.year > 0 ? "" : " BC")"
  }
}

extension Duration {
  /// `[-]hours:mm:ss.microseconds`, a form without the small limits of counted units.
  var postgresText: String {
    let (seconds, attoseconds) = components
    let micro = Int(attoseconds.magnitude / 1_000_000_000_000)
    let whole = Int(seconds.magnitude)
    let sign = seconds < 0 || attoseconds < 0 ? "-" : ""
    let clock = "\((whole / 60 % 60).padded(2)):\((whole % 60).padded(2)).\(micro.padded(6))"
    return "\(sign)\((whole / 3600).padded(2)):\(clock)"
  }
}
