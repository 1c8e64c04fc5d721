/// Text that other people's programs wrote, made fit for a terminal, a log line or an HTTP header.
package enum UntrustedText {
  /// The mark that stands for what was taken out.
  package static let mark: Character = "\u{FFFD}"

  /// One line: line breaks and tabs become blanks, every other control or direction-changing scalar becomes a mark.
  package static func line(_ text: some StringProtocol, limit: Int = 4096) -> String {
    clean(text, limit: limit, keepingLineBreaks: false)
  }

  /// Several lines: `\n` stays, tabs become blanks, the rest as in `line`.
  package static func block(_ text: some StringProtocol, limit: Int = 65_536) -> String {
    clean(text, limit: limit, keepingLineBreaks: true)
  }

  private static func clean(_ text: some StringProtocol, limit: Int, keepingLineBreaks: Bool) -> String {
    var out = String.UnicodeScalarView()
    var count = 0
    var afterReturn = false
    for scalar in text.unicodeScalars {
      let isLineFeed = scalar == "\n"
      defer { afterReturn = scalar == "\r" }
      if isLineFeed && afterReturn { continue }  // CR LF is one break
      guard count < limit else {
        out.append("…")
        break
      }
      count += 1
      if isLineFeed || scalar == "\r" {
        out.append(keepingLineBreaks ? "\n" : " ")
      } else if scalar == "\t" {
        out.append(" ")
      } else if isHarmful(scalar) {
        out.append(contentsOf: mark.unicodeScalars)
      } else {
        out.append(scalar)
      }
    }
    return String(out)
  }

  /// C0, DEL, C1, line and paragraph separators, and the scalars that reorder what a person reads.
  package static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F, 0x2028, 0x2029, 0x200E, 0x200F, 0x061C, 0x202A...0x202E, 0x2066...0x2069,
      0xFFF9...0xFFFB, 0xE0000...0xE007F:
      true
    default: false
    }
  }
}
