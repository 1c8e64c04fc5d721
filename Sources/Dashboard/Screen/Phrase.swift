internal import BundleModel

/// A line of words in which times and ages stand as values, so that it is written in the person's time zone and
/// its ages go on counting.
///
/// Everything interpolated is cleaned: most of it comes from other people's programs.
struct Phrase: Equatable, Sendable, ExpressibleByStringInterpolation {
  enum Part: Equatable, Sendable {
    case text(String)
    /// A time of day.
    case time(Timestamp)
    /// How long ago, in one coarse unit.
    case age(Timestamp)
    /// Whole seconds until then, never negative.
    case countdown(Timestamp)
  }

  private(set) var parts: [Part]

  init(stringLiteral value: String) { parts = [.text(value)] }
  init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

  /// A cleaned text of any origin.
  init(untrusted text: String, limit: Int = 400) { parts = [.text(UntrustedText.line(text, limit: limit))] }

  static func + (a: Phrase, b: Phrase) -> Phrase {
    var sum = a
    sum.parts += b.parts
    return sum
  }

  /// Collects the parts of an interpolated literal.
  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate(set) var parts: [Part] = []

    init(literalCapacity: Int, interpolationCount: Int) {
      parts.reserveCapacity(2 * interpolationCount + 1)
    }
    mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { parts.append(.text(literal)) }
    }
    mutating func appendInterpolation(_ text: String, limit: Int = 400) {
      parts.append(.text(UntrustedText.line(text, limit: limit)))
    }
    mutating func appendInterpolation(_ slug: Slug) { appendInterpolation(slug.text, limit: 80) }
    mutating func appendInterpolation(_ number: Int) { parts.append(.text(String(number))) }
    mutating func appendInterpolation(time: Timestamp) { parts.append(.time(time)) }
    mutating func appendInterpolation(age: Timestamp) { parts.append(.age(age)) }
    mutating func appendInterpolation(countdown: Timestamp) { parts.append(.countdown(countdown)) }
    mutating func appendInterpolation(phrase: Phrase) { parts += phrase.parts }
  }
}
