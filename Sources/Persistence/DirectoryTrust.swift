internal import BundleModel
internal import BundleStore
internal import LegacyStore
internal import ProcessControl

/// Whether a directory that follows the database may be believed: one that vanished, or came in the place of
/// another, is filled again from the database, and until that is done it holds only part. So is one that was empty
/// at first.
actor DirectoryTrust {
  private let directory: LegacyDirectory
  /// The directory that is believed, or the last one that was.
  private var place: DirectoryPlace?
  /// What the database was like when the directory was found to be another; nil: it is believed.
  private var lostAt: ReadPoint?

  init(_ directory: LegacyDirectory) { self.directory = directory }

  /// Looks at the directory, and at what is known of the one that follows.
  ///
  /// - Parameters:
  ///   - known: what the database said last.
  ///   - fresh: asks it now.
  func believes(_ known: ReadPoint, fresh: () async throws(StoreError) -> ReadPoint) async -> Bool {
    let (directory, before) = (directory, place)
    let (now, isSame) = await DetachedThread.value {
      let now = DirectoryPlace(of: directory)
      return (now, before.map { now?.continues($0) ?? false } ?? now?.hasStatuses ?? false)
    }
    if isSame, lostAt == nil {
      place = now
      return true
    }
    guard let lost = lostAt, isSame else {
      // What it was like before this look might be in step with the directory that is gone.
      lostAt = (try? await fresh()) ?? known
      place = now ?? before
      return false
    }
    guard let followed = known.followed.flatMap({ DatabaseSnapshot($0) }),
      let then = lost.snapshot.flatMap({ DatabaseSnapshot($0) }), followed.includes(then)
    else { return false }
    lostAt = nil
    place = now
    return true
  }
}
