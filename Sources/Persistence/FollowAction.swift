package import BundleModel
package import LegacyStore

/// What a directory holds of one bundle.
package enum FileSeen: Equatable, Sendable {
  case absent
  case status(LegacyStatus)
  /// A file that is no status.
  case damaged(LegacyDefect.Kind)
}

/// What brings a directory's file of one bundle to what the database says. Nothing is ever deleted.
package enum FollowAction: Equatable, Sendable {
  /// It says the same.
  case nothing
  /// Write the row.
  case write
  /// Keep what is there under another name, and write the row.
  case replace
  /// Keep what is there under another name: the row was deleted.
  case setAside
  /// The directory holds something that nobody has moved into the database: that is for `bundletop migrate`.
  case leave
  /// What is there cannot be read, so nobody knows whether it is newer.
  case refuse

  /// Decides.
  ///
  /// - Parameters:
  ///   - row: nil: it was deleted.
  ///   - file: what is under the bundle's own name.
  ///   - elsewhere: when the newest status of this bundle is from that the directory has in another place: in the
  ///     older `status.json`, or under a name that differs by case. A file of the bundle's own would hide it.
  package static func deciding(row: LegacyStatus?, file: FileSeen, elsewhere: Timestamp? = nil) -> FollowAction {
    guard let row else {
      // What is damaged was never written by us.
      if case .status = file { return .setAside } else { return .nothing }
    }
    if let elsewhere, elsewhere.wholeMilliseconds > row.updatedAt.wholeMilliseconds { return .leave }
    return switch file {
    case .absent: .write
    case .damaged(.unreadable): .refuse
    case .damaged: .replace
    case .status(let status) where status.updatedAt.wholeMilliseconds > row.updatedAt.wholeMilliseconds: .leave
    case .status(let status): status == row ? .nothing : .write
    }
  }
}
