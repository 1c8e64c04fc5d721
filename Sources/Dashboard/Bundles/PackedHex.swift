/// A text that is mostly 64 hex digits or a UUID, kept without a heap allocation when it is.
///
/// A status row holds three of them; as Strings they would cost more than the rest of the row.
enum PackedHex: Equatable, Sendable {
  case none
  /// 64 lower-case hex digits, first digits in the highest bits.
  case digest(UInt64, UInt64, UInt64, UInt64)
  case text(String)

  init(_ text: String?) {
    guard let text else {
      self = .none
      return
    }
    guard text.utf8.count == 64, let packed = HexWords(text, isUUID: false) else {
      self = .text(text)
      return
    }
    self = .digest(packed.words.0, packed.words.1, packed.words.2, packed.words.3)
  }

  /// Exactly the text that went in.
  var string: String? {
    switch self {
    case .none: nil
    case .digest(let a, let b, let c, let d): hex(a) + hex(b) + hex(c) + hex(d)
    case .text(let text): text
    }
  }
}

/// A job id, kept without a heap allocation when it is a UUID as Postgres writes it.
enum PackedUUID: Equatable, Sendable {
  case none
  case uuid(UInt64, UInt64)
  case text(String)

  init(_ text: String?) {
    guard let text else {
      self = .none
      return
    }
    guard text.utf8.count == 36, let packed = HexWords(text, isUUID: true) else {
      self = .text(text)
      return
    }
    self = .uuid(packed.words.0, packed.words.1)
  }

  /// Exactly the text that went in.
  var string: String? {
    switch self {
    case .none: return nil
    case .uuid(let high, let low):
      var digits = Array((hex(high) + hex(low)).utf8)
      for place in [20, 16, 12, 8] { digits.insert(UInt8(ascii: "-"), at: place) }
      return String(decoding: digits, as: UTF8.self)
    case .text(let text): return text
    }
  }
}

/// Up to 64 lower-case hex digits as numbers.
private struct HexWords {
  var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  /// Nil unless there are digits only, and in a UUID hyphens where Postgres writes them.
  init?(_ text: String, isUUID: Bool) {
    var place = 0
    var count = 0
    for byte in text.utf8 {
      defer { place += 1 }
      if isUUID && (place == 8 || place == 13 || place == 18 || place == 23) {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      let digit: UInt8
      switch byte {
      case 48...57: digit = byte - 48
      case 97...102: digit = byte - 87
      default: return nil
      }
      switch count / 16 {
      case 0: words.0 = words.0 << 4 | UInt64(digit)
      case 1: words.1 = words.1 << 4 | UInt64(digit)
      case 2: words.2 = words.2 << 4 | UInt64(digit)
      default: words.3 = words.3 << 4 | UInt64(digit)
      }
      count += 1
    }
  }
}

private func hex(_ word: UInt64) -> String {
  let digits = String(word, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
