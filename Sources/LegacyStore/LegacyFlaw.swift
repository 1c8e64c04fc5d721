internal import BundleModel

/// Why a text is no status; becomes a `LegacyDefect` of the file that it stood in.
struct LegacyFlaw: Error, Equatable {
  var kind: LegacyDefect.Kind
  var reason: String

  init(_ kind: LegacyDefect.Kind, _ reason: String) {
    self.kind = kind
    self.reason = UntrustedText.line(reason, limit: 300)
  }
}
