internal import ProcessControl

/// The name of one request in logs and answers: the caller's `X-Request-Id` where it is harmless, else a random one.
package struct RequestID: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  /// A random one.
  package init() { text = ThisProcess.randomUUID() }

  /// The caller's, when it has at most 128 letters, digits, `.`, `_`, `:` and `-`.
  package init?(_ text: String) {
    guard (1...128).contains(text.utf8.count), text.utf8.allSatisfy(Self.isHarmless) else { return nil }
    self.text = text
  }

  private static func isHarmless(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  package var description: String { text }
}
