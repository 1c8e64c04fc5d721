internal import BundleModel

/// The outcome of the last action, in the footer for a while.
struct Notice: Equatable, Sendable {
  enum Kind: Equatable, Sendable { case information, refusal, failure }
  var kind: Kind
  var phrase: Phrase
  var until: Timestamp
}
