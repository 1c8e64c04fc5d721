package import BundleModel

/// What the dashboard asks the program around it to do.
package enum DashboardEffect: Sendable {
  /// Read the status and the attempts of a slug; answered by `detail` or `detailFailed`. At most one at a time.
  case loadDetail(Slug)
  /// Package again what the person saw, only if it is still so; answered by `actionFinished`.
  ///
  /// `force` builds even when the cache has the answer, and is not bound to a failed state.
  case retry(Slug, seen: SeenState, force: Bool)
  /// Mint a link for the artifact of a slug; answered by `signed` or `actionFinished`.
  case sign(Slug, lifetime: Duration)
  /// Put a text into the person's clipboard; answered by `copied`.
  case copy(CopyText, label: String)
  /// Paint every cell again: something else wrote on the screen.
  case repaint
  /// Stop as Ctrl-Z does.
  case suspend
  /// Leave with this exit code.
  case quit(exitCode: Int32)
}

/// A text on its way to the clipboard.
package enum CopyText: Sendable {
  case plain(String)
  /// Never goes to a file.
  case secret(Secret<String>)
}
