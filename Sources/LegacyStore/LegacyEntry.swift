package import BundleModel

/// A file of the old store as it was when it was read.
package struct LegacyFile: Hashable, Sendable {
  /// Below the store's folder: `status/a.json`; a member of the older map is `status.json#KEY`.
  package var path: String
  /// Bytes of the file; of a member, those of the whole map.
  package var size: Int64
  package var modifiedAt: Timestamp
  package var checksum: Checksum

  package init(path: String, size: Int64, modifiedAt: Timestamp, checksum: Checksum) {
    self.path = path
    self.size = size
    self.modifiedAt = modifiedAt
    self.checksum = checksum
  }
}

/// A status that was read.
package struct LegacyEntry: Equatable, Sendable {
  package var file: LegacyFile
  package var status: LegacyStatus
  /// For people: what was odd about it and how it was taken, one line each.
  package var notes: [String]

  package init(file: LegacyFile, status: LegacyStatus, notes: [String] = []) {
    self.file = file
    self.status = status
    self.notes = notes
  }
}

/// Something in the old store that is not a status, and why.
package struct LegacyDefect: Equatable, Sendable {
  /// Below the store's folder.
  package var path: String
  /// When the name or the text tells it.
  package var slug: Slug?
  package var kind: Kind
  /// For people: what is wrong, in one line.
  package var reason: String

  package enum Kind: String, CaseIterable, Sendable {
    /// It cannot be opened or read.
    case unreadable
    /// A link, a device, a pipe, a folder.
    case notRegular = "not-regular"
    case tooLarge = "too-large"
    case empty
    /// Not UTF-8, or with a byte order mark.
    case encoding
    /// Not JSON, cut off, too deep.
    case syntax
    /// JSON of another shape: a field is missing or of another type.
    case shape
    case duplicateKey = "duplicate-key"
    /// A moment that no form of JavaScript's dates explains.
    case date
    /// A name that would lead out of the folder, or that is no name of a file.
    case unsafeName = "unsafe-name"
    /// Another file of this folder has the same slug, but for case or blanks.
    case collision
  }

  package init(path: String, slug: Slug? = nil, kind: Kind, reason: String) {
    self.path = path
    self.slug = slug
    self.kind = kind
    self.reason = reason
  }
}
