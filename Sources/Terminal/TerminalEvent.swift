/// What a person or the system did to the terminal.
package enum TerminalEvent: Hashable, Sendable {
  case key(Key)
  case mouse(MouseEvent)
  case paste(String)
  case focus(Bool)
  case resize(Size)
  /// The program came back from Ctrl-Z: everything must be painted again.
  case resumed
  /// SIGTERM, SIGINT or SIGHUP, or the terminal went away: leave at once.
  case terminated(signal: Int32)
}
