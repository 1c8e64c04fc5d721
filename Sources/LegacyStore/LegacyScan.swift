package import BundleModel

/// What an old store holds, as far as one look at it tells.
package struct LegacyScan: Equatable, Sendable {
  /// One status each, from a file of its own or a member of `status.json`.
  package var entries: [StatusOnDisk] = []
  /// Status files that are not a status, or cannot be read.
  package var unreadable = 0
  /// `artifacts/` holds something that is not the live store's.
  package var hasArchives = false
  /// There was more than the limit.
  package var isCut = false
  /// False: the folder is there and cannot be read.
  package var isReadable = true

  package init() {}
}
