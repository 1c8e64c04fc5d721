internal import BundleModel

/// What a person typed behind `/`: words that must all hold.
///
/// `state:failed,running` any of the states, from the first letters on; `pod:a` and `stage:pack` a part of the
/// name; any other word a part of the slug or of the error or message. Letter case of ASCII does not matter.
struct BundleFilter: Equatable, Sendable {
  enum Word: Equatable, Sendable {
    case text(Needle)
    case states([BundleState])
    case pod(Needle)
    case stage(Needle)
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
        case .text(let needle): needle.isIn(slug.text) || (!note.isEmpty && needle.isIn(note))
        case .states(let states): states.contains(state)
        case .pod(let needle): needle.isIn(pod)
        case .stage(let needle): needle.isIn(stage.rawValue)
        }
      if !holds { return false }
    }
    return true
  }

  /// Nil for a field whose value is still to come: it excludes nothing.
  private static func word(_ typed: Substring) -> Word? {
    guard let colon = typed.firstIndex(of: ":") else { return .text(Needle(typed)) }
    let value = typed[typed.index(after: colon)...]
    switch typed[..<colon].lowercased() {
    case "state": return value.isEmpty ? nil : .states(states(value))
    case "pod": return value.isEmpty ? nil : .pod(Needle(value))
    case "stage": return value.isEmpty ? nil : .stage(Needle(value))
    default: return .text(Needle(typed))
    }
  }

  /// States by the first letters of their names; "done" is what the header calls completed.
  private static func states(_ list: Substring) -> [BundleState] {
    let wanted = list.split(separator: ",").map { $0.lowercased() }
    return BundleState.allCases.filter { state in
      wanted.contains { state.rawValue.hasPrefix($0) || (state == .completed && "done".hasPrefix($0)) }
    }
  }
}
