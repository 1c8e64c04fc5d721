/// Which way a copied text went.
package enum CopyRoute: Equatable, Sendable {
  case tmuxBuffer
  /// The terminal was asked (OSC 52); it does not say whether it agreed.
  case terminal
  case file(path: String)
  case failed(reason: String)
}
