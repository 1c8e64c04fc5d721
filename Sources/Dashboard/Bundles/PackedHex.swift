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
    guard let words = packedWords(of: text, digits: 64, isUUID: false) else {
      self = .text(text)
      return
    }
    self = .digest(words[0], words[1], words[2], words[3])
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
    guard let words = packedWords(of: text, digits: 32, isUUID: true) else {
      self = .text(text)
      return
    }
    self = .uuid(words[0], words[1])
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

private func packedWords(of text: String, digits: Int, isUUID: Bool) -> [UInt64]? {
  guard text.utf8.count == digits + (isUUID ? 4 : 0) else { return nil }
  var words: [UInt64] = []
  var word: UInt64 = 0
  var count = 0
  for (place, byte) in text.utf8.enumerated() {
    if isUUID && (place == 8 || place == 13 || place == 18 || place == 23) {
      guard byte == UInt8(ascii: "-") else { return nil }
      continue
    }
    switch byte {
    case 48...57: word = word << 4 | UInt64(byte - 48)
    case 97...102: word = word << 4 | UInt64(byte - 87)
    default: return nil
    }
    count += 1
    if count % 16 == 0 { words.append(word) }
  }
  return count == digits ? words : nil
}

private func hex(_ word: UInt64) -> String {
  let digits = String(word, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
