internal import BundleModel

/// What a person typed behind `/`: words that must all hold.
///
/// `state:failed,running` any of the states, from the first letters on; `pod:a` and `stage:pack` a part of the
/// name; any other word a part of the slug or of the error or message. Letter case of ASCII does not matter.
struct BundleFilter: Equatable, Sendable {
  enum Word: Equatable, Sendable {
    case text([UInt8])
    case states([BundleState])
    case pod([UInt8])
    case stage([UInt8])
  }

  /// As typed.
  let text: String
  let words: [Word]

  static let none = BundleFilter("")

  init(_ text: String) {
    self.text = text
    words = text.split(whereSeparator: \.isWhitespace).compactMap(Self.word)
  }

  /// True when every row passes.
  var isEmpty: Bool { words.isEmpty }

  /// Whether a word looks at notes or at pods: their texts are fetched only then.
  var readsNotes: Bool { words.contains { if case .text = $0 { true } else { false } } }
  var readsPods: Bool { words.contains { if case .pod = $0 { true } else { false } } }

  /// Whether a row of these fields passes; `note` and `pod` may be empty where they are not read.
  func matches(_ slug: Slug, _ state: BundleState, _ stage: Stage, note: String, pod: String) -> Bool {
    for word in words {
      let holds =
        switch word {
        case .text(let needle): contains(slug.text, needle) || (!note.isEmpty && contains(note, needle))
        case .states(let states): states.contains(state)
        case .pod(let needle): contains(pod, needle)
        case .stage(let needle): contains(stage.rawValue, needle)
        }
      if !holds { return false }
    }
    return true
  }

  /// Nil for a field whose value is still to come: it excludes nothing.
  private static func word(_ typed: Substring) -> Word? {
    guard let colon = typed.firstIndex(of: ":") else { return .text(lower(typed)) }
    let value = typed[typed.index(after: colon)...]
    switch typed[..<colon].lowercased() {
    case "state": return value.isEmpty ? nil : .states(states(value))
    case "pod": return value.isEmpty ? nil : .pod(lower(value))
    case "stage": return value.isEmpty ? nil : .stage(lower(value))
    default: return .text(lower(typed))
    }
  }

  /// States by the first letters of their names; "done" is what the header calls completed.
  private static func states(_ list: Substring) -> [BundleState] {
    let wanted = list.split(separator: ",").map { $0.lowercased() }
    return BundleState.allCases.filter { state in
      wanted.contains { state.rawValue.hasPrefix($0) || (state == .completed && "done".hasPrefix($0)) }
    }
  }

  private static func lower(_ text: Substring) -> [UInt8] { text.utf8.map(lower) }

  private static func lower(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte + 32 : byte }

  private func contains(_ text: String, _ needle: [UInt8]) -> Bool {
    guard let first = needle.first else { return true }
    let found = text.utf8.withContiguousStorageIfAvailable { bytes in
      guard bytes.count >= needle.count else { return false }
      for start in 0...(bytes.count - needle.count) where Self.lower(bytes[start]) == first {
        var place = 1
        while place < needle.count && Self.lower(bytes[start + place]) == needle[place] { place += 1 }
        if place == needle.count { return true }
      }
      return false
    }
    return found ?? text.lowercased().contains(String(decoding: needle, as: UTF8.self))
  }
}
