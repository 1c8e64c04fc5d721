/// A span as people type it.
enum Age {
  /// `90s`, `15m`, `24h`, `2d`, or plain seconds; nil for anything else.
  static func seconds(_ text: String) -> Int64? {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let last = text.last else { return nil }
    let digits = units[last] == nil ? text[...] : text.dropLast()
    guard !digits.isEmpty, digits.utf8.count <= 9, digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return Int64(digits).map { $0 * (units[last] ?? 1) }
  }
}
