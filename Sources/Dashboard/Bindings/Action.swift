/// What a key can ask for. The words of one binding; a palette or a script may ask for the same.
enum Action: Hashable, Sendable {
  // Of whatever view is on the screen.
  case move(Motion)
  case scroll(Motion)
  case stepBack, sort
  case editFilter, keepFilter, clearFilter, eraseCharacter, eraseWord
  // Of what lies over it.
  case answerYes, answerNo, forceInstead
  case revealLink, copyLink, closeLink
  case help, closeHelp
  // Of the selected bundle.
  case bundle(BundleAction)
  // Of the program.
  case switchZone, repaint, suspend, quit, interrupt
}

/// What can be asked for about one bundle.
enum BundleAction: Hashable, Sendable {
  case toggleDetail, switchFocus
  case retry, force, sign, copyChecksum
}
