/// A colour as the terminal knows it. `terminal` is the user's own foreground or background.
package enum Color: Hashable, Sendable {
  case terminal
  /// One of the 16 colours of the user's palette.
  case ansi(UInt8)
  /// One of the 256 colours of xterm.
  case indexed(UInt8)
}

extension Color {
  /// The nearest thing that the terminal can show.
  package func reduced(to level: Capabilities.ColorLevel) -> Color {
    switch (self, level) {
    case (.terminal, _), (_, .none): .terminal
    case (.ansi(let index), _): .ansi(index & 15)
    case (.indexed(let index), .indexed256): .indexed(index)
    case (.indexed(let index), .ansi16): .ansi(Self.nearestANSI(index))
    }
  }

  /// xterm's colour cube and grey ramp, folded to hue and brightness.
  private static func nearestANSI(_ index: UInt8) -> UInt8 {
    switch index {
    case 0...15: return index
    case 232...255: return [0, 8, 7, 15][Int(index - 232) / 6]
    default:
      let cube = Int(index) - 16
      let levels = [cube / 36, cube / 6 % 6, cube % 6]
      let strongest = levels.max() ?? 0
      guard strongest > 0 else { return 0 }
      var hue: UInt8 = 0
      for (bit, level) in levels.enumerated() where level * 5 >= strongest * 2 { hue |= 1 << UInt8(bit) }
      return strongest >= 4 ? hue + 8 : hue
    }
  }
}
