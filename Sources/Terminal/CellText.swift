internal import BundleModel

/// Cuts a text into what one cell (or a wide pair of cells) holds, and takes out what must not reach a terminal.
///
/// A base scalar carries its combining marks. Line breaks and tabs become blanks. Controls, direction changes,
/// format characters, flags and joined emoji become one mark each, because terminals disagree on their width.
/// Variation selectors, joiners between letters and skin tones are dropped for the same reason.
package struct CellText: Sequence, IteratorProtocol {
  /// Marks kept on one base: what a curses cell holds beside it (CCHARW_MAX).
  package static let marksPerCell = 4

  private var scalars: String.UnicodeScalarView.Iterator
  private var peeked: Unicode.Scalar?

  /// A sequence over a text of any origin.
  package init(_ text: String) {
    scalars = text.unicodeScalars.makeIterator()
    peeked = scalars.next()
  }

  /// The next cell's text and its one or two columns; nil at the end.
  package mutating func next() -> (text: String, columns: Int)? {
    guard let base = take() else { return nil }
    if base.value >= 0x20 && base.value < 0x7F {
      guard let following = peeked, following.value >= 0x300 else {
        return (Self.ascii[Int(base.value)], 1)
      }
      return (withMarks(base), 1)
    }
    switch base {
    case "\r":
      if peeked == "\n" { peeked = scalars.next() }
      return (" ", 1)
    case "\n", "\t": return (" ", 1)
    default: break
    }
    if UntrustedText.isHarmful(base) { return (Self.mark, 1) }
    if Self.isFlagHalf(base) {
      if let other = peeked, Self.isFlagHalf(other) { peeked = scalars.next() }
      dropMarks()
      return (Self.mark, 1)
    }
    switch ScalarWidth(base) {
    case .zero, .unprintable:
      dropMarks()
      return (Self.mark, 1)
    case .one where !Self.isPictograph(base): return (withMarks(base), 1)
    case .two where !Self.isPictograph(base): return (withMarks(base), 2)
    case .one: return pictograph(base, columns: 1)
    case .two: return pictograph(base, columns: 2)
    }
  }

  private mutating func take() -> Unicode.Scalar? {
    guard let scalar = peeked else { return nil }
    peeked = scalars.next()
    return scalar
  }

  private mutating func withMarks(_ base: Unicode.Scalar) -> String {
    var text = String(base)
    var kept = 0
    while let scalar = peeked, Self.joins(scalar) {
      peeked = scalars.next()
      if Self.isDropped(scalar) || kept == Self.marksPerCell { continue }
      text.unicodeScalars.append(scalar)
      kept += 1
    }
    return text
  }

  private mutating func dropMarks() {
    while let scalar = peeked, Self.joins(scalar) { peeked = scalars.next() }
  }

  /// An emoji alone, or one mark for everything that hangs on it by joiners and tags.
  private mutating func pictograph(_ base: Unicode.Scalar, columns: Int) -> (text: String, columns: Int) {
    var isJoined = false
    while let scalar = peeked {
      if scalar.value == 0x200D {
        peeked = scalars.next()
        guard let other = peeked, Self.isPictograph(other) else { continue }
        isJoined = true
        peeked = scalars.next()
      } else if (0xE0020...0xE007F).contains(scalar.value) {
        isJoined = true
        peeked = scalars.next()
      } else if (0x1F3FB...0x1F3FF).contains(scalar.value) || Self.joins(scalar) {
        peeked = scalars.next()
      } else {
        break
      }
    }
    return isJoined ? (Self.mark, 1) : (String(base), columns)
  }

  private static func joins(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x300 && !UntrustedText.isHarmful(scalar) && ScalarWidth(scalar) == .zero
  }

  /// Joiners and variation selectors: tmux and others change the width of the cell by them. The keycap likewise.
  private static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x200C, 0x200D, 0x20E3, 0xFE00...0xFE0F, 0xE0100...0xE01EF: true
    default: false
    }
  }

  private static func isFlagHalf(_ scalar: Unicode.Scalar) -> Bool { (0x1F1E6...0x1F1FF).contains(scalar.value) }

  /// What emoji sequences are made of.
  private static func isPictograph(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x203C...0x24FF, 0x25A0...0x27BF, 0x2900...0x2BFF, 0x1F000...0x1FAFF: true
    default: false
    }
  }

  private static let mark = String(UntrustedText.mark)
  /// A text for every ASCII character, made once.
  static let ascii: [String] = (0..<128).map { String(Unicode.Scalar(UInt8($0))) }
}
