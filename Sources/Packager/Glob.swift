/// A glob over paths, as AppHub's `files` uses it: `*`, `?`, `[abc]`, `[!a-z]`, `{a,b}` and `**` for any directories.
///
/// Compares Unicode scalars, never canonically equal spellings. A wildcard never matches a name that begins with a
/// dot; nor does anything else: dot files do not go into archives.
struct Glob: Equatable, Sendable {
  private enum Piece: Equatable, Sendable {
    case scalar(Unicode.Scalar)
    case one
    case many
    case set(ranges: [ClosedRange<Unicode.Scalar>], isNegated: Bool)
  }

  private enum Part: Equatable, Sendable {
    case anyDirectories
    case name([Piece])
  }

  private let alternatives: [[Part]]

  /// Braces may give this many patterns; nil from `init` beyond that.
  private static let alternativeLimit = 256

  init?(_ pattern: String) {
    guard let expanded = Glob.expandBraces(Array(pattern.unicodeScalars)[...]) else { return nil }
    alternatives = expanded.map { scalars in
      scalars.split(separator: "/").filter { !$0.elementsEqual(["."]) }.map { part in
        part.elementsEqual(["*", "*"]) ? .anyDirectories : .name(Glob.pieces(part))
      }
    }
  }

  /// True for a path that the pattern names.
  func matches(_ path: RelativePath) -> Bool {
    let names = path.components.map { Array($0.unicodeScalars) }
    guard !names.contains(where: { $0.first == "." }) else { return false }
    return alternatives.contains { Glob.matches($0, names) }
  }

  /// Goes back to the last `**` only, which is enough and never takes exponential time.
  private static func matches(_ parts: [Part], _ names: [[Unicode.Scalar]]) -> Bool {
    walk(parts.count, names.count) { part, name in
      switch parts[part] {
      case .anyDirectories: .many
      case .name(let pieces): name.map { matches(pieces, names[$0]) ? .one : .no } ?? .no
      }
    }
  }

  private static func matches(_ pieces: [Piece], _ name: [Unicode.Scalar]) -> Bool {
    walk(pieces.count, name.count) { piece, at in
      guard pieces[piece] != .many else { return .many }
      guard let scalar = at.map({ name[$0] }) else { return .no }
      switch pieces[piece] {
      case .scalar(let wanted): return wanted == scalar ? .one : .no
      case .set(let ranges, let isNegated):
        return ranges.contains { $0.contains(scalar) } != isNegated ? .one : .no
      case .one, .many: return .one
      }
    }
  }

  private enum Step { case one, many, no }

  /// Matches a sequence of steps against a sequence of things; `many` takes any number of them.
  private static func walk(_ steps: Int, _ things: Int, _ step: (Int, Int?) -> Step) -> Bool {
    var at = 0
    var thing = 0
    var back: (step: Int, thing: Int)?
    while thing < things || at < steps {
      if at < steps {
        switch step(at, thing < things ? thing : nil) {
        case .many:
          back = (at + 1, thing)
          at += 1
          continue
        case .one:
          at += 1
          thing += 1
          continue
        case .no: break
        }
      }
      guard let last = back, last.thing < things else { return false }
      back = (last.step, last.thing + 1)
      at = last.step
      thing = last.thing + 1
    }
    return true
  }

  private static func pieces(_ part: ArraySlice<Unicode.Scalar>) -> [Piece] {
    var out: [Piece] = []
    var at = part.startIndex
    while at < part.endIndex {
      switch part[at] {
      case "*": if out.last != .many { out.append(.many) }
      case "?": out.append(.one)
      case "[":
        if let (set, end) = set(part[at...]) {
          out.append(set)
          at = end
        } else {
          out.append(.scalar("["))
        }
      case "\\" where at + 1 < part.endIndex:
        at += 1
        out.append(.scalar(part[at]))
      default: out.append(.scalar(part[at]))
      }
      at += 1
    }
    return out
  }

  /// A bracket expression and the index of its `]`; nil when it never ends.
  private static func set(_ text: ArraySlice<Unicode.Scalar>) -> (Piece, Int)? {
    var at = text.startIndex + 1
    let isNegated = at < text.endIndex && (text[at] == "!" || text[at] == "^")
    if isNegated { at += 1 }
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    let first = at
    while at < text.endIndex {
      if text[at] == "]" && at > first { return (.set(ranges: ranges, isNegated: isNegated), at) }
      if at + 2 < text.endIndex, text[at + 1] == "-", text[at + 2] != "]", text[at] <= text[at + 2] {
        ranges.append(text[at]...text[at + 2])
        at += 3
      } else {
        ranges.append(text[at]...text[at])
        at += 1
      }
    }
    return nil
  }

  /// `a{b,c}d` gives `abd` and `acd`; braces without a comma or an end stand for themselves.
  private static func expandBraces(_ text: ArraySlice<Unicode.Scalar>) -> [[Unicode.Scalar]]? {
    var depth = 0
    var open: Int?
    var commas: [Int] = []
    for at in text.indices {
      switch text[at] {
      case "{":
        if depth == 0 {
          open = at
          commas = []
        }
        depth += 1
      case "," where depth == 1: commas.append(at)
      case "}" where depth > 0:
        depth -= 1
        guard depth == 0, let open, !commas.isEmpty else { continue }
        let bounds = [open] + commas + [at]
        var out: [[Unicode.Scalar]] = []
        for (from, to) in zip(bounds, bounds.dropFirst()) {
          let whole = text[..<open] + text[(from + 1)..<to] + text[(at + 1)...]
          guard let inner = expandBraces(ArraySlice(Array(whole))) else { return nil }
          out += inner
          if out.count > alternativeLimit { return nil }
        }
        return out
      default: break
      }
    }
    return [Array(text)]
  }
}
