internal import CBuildInfo

/// Which program this is.
package enum BuildInfo {
  /// The released version.
  package static var version: String { String(cString: buildinfo_version()) }
  /// The git commit, `+` behind it when the tree had changes; "unknown" outside a checkout.
  package static var commit: String { String(cString: buildinfo_commit()) }
  /// Both, for people.
  package static var text: String { "\(version) (\(commit))" }
}
