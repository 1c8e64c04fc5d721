package import BundleModel

/// Something in the object store that no row names: an object, or an upload in parts that was begun.
package struct Leftover: Hashable, Sendable {
  package var key: String
  /// The id of an unfinished upload; nil for an object.
  package var upload: String?
  /// Bytes; zero for an upload.
  package var size: Int64
  /// When the object was last written, or the upload begun.
  package var writtenAt: Timestamp

  package init(key: String, upload: String? = nil, size: Int64, writtenAt: Timestamp) {
    self.key = key
    self.upload = upload
    self.size = size
    self.writtenAt = writtenAt
  }
}

/// A leftover that an earlier run found, too.
package struct LeftoverMark: Equatable, Sendable {
  package var leftover: Leftover
  package var markedAt: Timestamp
  /// Whether it was marked long enough ago.
  package var isDue: Bool
}

/// What became of a deletion.
package enum Deletion: String, Sendable {
  case deleted
  /// A row names the object again.
  case named
  /// It was written or marked again since, or is gone.
  case changed
  /// It was marked too short a time ago.
  case early
}
