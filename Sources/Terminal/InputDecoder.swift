/// Puts units together to events; keeps what is incomplete for the next unit.
package struct InputDecoder {
  /// A decoder that has heard nothing yet.
  package init() {}

  /// A paste is cut here, in UTF-8 bytes.
  package static let pasteLimit = 1 << 20

  private enum State {
    case ground
    case escape
    /// After ESC and `[`: up to the final byte nothing is a key of its own.
    case control(parameters: String)
    case singleShift
    case mouse(parameters: String)
    case paste(String.UnicodeScalarView, bytes: Int)
  }

  private var state = State.ground

  /// Something has begun and not ended.
  package var isPartial: Bool {
    if case .ground = state { return false }
    return true
  }

  /// The last unit was an Escape that may belong to what follows.
  package var isHoldingEscape: Bool {
    if case .escape = state { return true }
    return false
  }

  /// A paste is under way: it may pause for longer than a key.
  package var isPasting: Bool {
    if case .paste = state { return true }
    return false
  }

  /// Takes one unit.
  package mutating func feed(_ unit: InputUnit) -> [TerminalEvent] {
    switch state {
    case .paste(let text, let bytes): return paste(unit, after: text, bytes: bytes)
    case .mouse(let parameters):
      if case .scalar(let scalar) = unit { return mouse(scalar, after: parameters) }
    case .control(let parameters):
      if case .scalar(let scalar) = unit { return control(scalar, after: parameters) }
    case .singleShift:
      if case .scalar(let scalar) = unit {
        state = .ground
        return Self.shifted(scalar).map { [.key(Key($0))] } ?? []
      }
    case .escape:
      state = .ground
      return afterEscape(unit)
    case .ground: break
    }
    state = .ground
    return begin(unit)
  }

  /// The input paused: an Escape was the key, and nothing else will be completed.
  package mutating func pause() -> [TerminalEvent] {
    defer { state = .ground }
    switch state {
    case .escape: return [.key(Key(.escape))]
    case .paste(let text, _): return [.paste(String(text))]
    default: return []
    }
  }

  private mutating func begin(_ unit: InputUnit) -> [TerminalEvent] {
    switch unit {
    case .scalar("\u{1B}"):
      state = .escape
      return []
    case .scalar(let scalar): return [.key(Self.key(scalar))]
    case .key(let code): return [.key(Key(code))]
    case .mousePrefix:
      state = .mouse(parameters: "")
      return []
    case .pasteStart:
      state = .paste(String.UnicodeScalarView(), bytes: 0)
      return []
    case .focus(let isFocused): return [.focus(isFocused)]
    case .pasteEnd, .unknownKey: return []
    }
  }

  /// Escape and a key at once is Alt and that key, or a sequence that terminfo does not know.
  private mutating func afterEscape(_ unit: InputUnit) -> [TerminalEvent] {
    switch unit {
    case .scalar("["):
      state = .control(parameters: "")
      return []
    case .scalar("O"):
      state = .singleShift
      return []
    case .scalar("\u{1B}"):
      state = .escape
      return [.key(Key(.escape))]
    case .scalar(let scalar):
      var key = Self.key(scalar)
      key.modifiers.insert(.alt)
      return [.key(key)]
    case .key(let code): return [.key(Key(code, .alt))]
    default: return [.key(Key(.escape))] + begin(unit)
    }
  }

  private mutating func mouse(_ scalar: Unicode.Scalar, after parameters: String) -> [TerminalEvent] {
    switch scalar {
    case "0"..."9" where parameters.utf8.count < 24, ";" where parameters.utf8.count < 24:
      state = .mouse(parameters: parameters + String(scalar))
      return []
    case "M", "m":
      state = .ground
      return MouseEvent(sgrParameters: parameters, isRelease: scalar == "m").map { [.mouse($0)] } ?? []
    default:
      state = .ground
      return []
    }
  }

  private mutating func control(_ scalar: Unicode.Scalar, after parameters: String) -> [TerminalEvent] {
    switch scalar.value {
    case 0x20...0x3F where parameters.utf8.count < 64:
      state = .control(parameters: parameters + String(scalar))
      return []
    default:
      state = .ground
      guard parameters.isEmpty || scalar == "~" else { return [] }
      return (scalar == "~" ? Self.numbered(parameters) : Self.shifted(scalar)).map { [.key(Key($0))] } ?? []
    }
  }

  private mutating func paste(
    _ unit: InputUnit, after text: String.UnicodeScalarView, bytes: Int
  ) -> [TerminalEvent] {
    state = .ground  // the only reference: appending must not copy
    var text = text
    var bytes = bytes
    switch unit {
    case .pasteEnd: return [.paste(String(text))]
    case .scalar(let scalar) where bytes < Self.pasteLimit:
      text.append(scalar == "\r" ? "\n" : scalar)
      bytes += UTF8.width(scalar)
    default: break
    }
    state = .paste(text, bytes: bytes)
    return []
  }

  private static func key(_ scalar: Unicode.Scalar) -> Key {
    switch scalar.value {
    case 0x0D, 0x0A: Key(.enter)
    case 0x09: Key(.tab)
    case 0x7F, 0x08: Key(.backspace)
    case 0x00: Key(" ", .control)
    case 0x01...0x1A: Key(Character(Unicode.Scalar(UInt8(scalar.value) + 0x60)), .control)
    case 0x1C...0x1F: Key(Character(Unicode.Scalar(UInt8(scalar.value) + 0x40)), .control)
    default: Key(Character(scalar))
    }
  }

  /// Cursor keys of a terminal whose mode or type differs from what terminfo says.
  private static func shifted(_ scalar: Unicode.Scalar) -> Key.Code? {
    switch scalar {
    case "A": .up
    case "B": .down
    case "C": .right
    case "D": .left
    case "H": .home
    case "F": .end
    case "Z": .backTab
    case "M": .enter
    default: nil
    }
  }

  private static func numbered(_ parameters: String) -> Key.Code? {
    switch parameters {
    case "1", "7": .home
    case "2": .insert
    case "3": .delete
    case "4", "8": .end
    case "5": .pageUp
    case "6": .pageDown
    default: nil
    }
  }
}
