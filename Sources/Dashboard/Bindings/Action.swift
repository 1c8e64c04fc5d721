/// What a key can ask for. The words of one binding; a palette or a script may ask for the same.
enum Action: Hashable, Sendable {
  case move(Motion)
  case scroll(Motion)
  case toggleDetail, switchFocus, closeDetail
  case editFilter, keepFilter, clearFilter, eraseCharacter, eraseWord
  case retry, force, sign, copyChecksum
  case answerYes, answerNo, forceInstead
  case revealLink, copyLink, closeLink
  case sort, switchZone, help, closeHelp
  case repaint, suspend, quit, interrupt
}

/// A step through rows or lines.
enum Motion: Hashable, Sendable {
  case up, down, pageUp, pageDown, first, last

  /// The place after the step, from `place` among `count`, with pages of `page`.
  func target(from place: Int, count: Int, page: Int) -> Int {
    let wanted =
      switch self {
      case .up: place - 1
      case .down: place + 1
      case .pageUp: place - max(1, page - 1)
      case .pageDown: place + max(1, page - 1)
      case .first: 0
      case .last: count - 1
      }
    return min(max(0, wanted), max(0, count - 1))
  }
}
