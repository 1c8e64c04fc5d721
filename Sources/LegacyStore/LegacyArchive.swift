package import BundleModel
internal import Glibc
internal import Hashing

/// An archive in AppHub's directory, as it was when it was found.
package struct LegacyArchive: Equatable, Sendable {
  /// Below the directory.
  package var path: String
  /// Bytes.
  package var size: Int64
  package var modifiedAt: Timestamp
  /// Which of AppHub's five places it lies in, from 1.
  package var place: Int

  package init(path: String, size: Int64, modifiedAt: Timestamp, place: Int) {
    self.path = path
    self.size = size
    self.modifiedAt = modifiedAt
    self.place = place
  }
}

/// What a search for an archive gives.
package enum LegacyArchiveSearch: Equatable, Sendable {
  case found(LegacyArchive)
  /// It is in none of the places.
  case missing
  /// Its name leads elsewhere, or something else than a file is in its place. Nothing was opened.
  case unsafe(String)
  /// The system does not let us look: its reason.
  case unreadable(String)
}

/// An archive that is open for reading. Belongs to one caller at a time; every call blocks.
package struct OpenLegacyArchive: ~Copyable, Sendable {
  private let handle: LegacyHandle
  package let size: Int64
  package let modifiedAt: Timestamp
  private let stamp: LegacyStamp

  init(_ handle: consuming LegacyHandle, _ stamp: LegacyStamp) {
    self.handle = handle
    self.stamp = stamp
    size = stamp.size
    modifiedAt = stamp.modifiedAt
  }

  /// The open file, while this lives.
  package var descriptor: Int32 { handle.descriptor }

  /// A path to the open file, whatever its name stands for by now, for this process while this lives.
  package var path: String { "/proc/self/fd/\(handle.descriptor)" }

  /// Reads it all.
  ///
  /// - Parameter progress: gets the bytes read so far; what it throws ends the reading.
  /// - Throws: `.changed` when it is not what was opened any more.
  package func checksum(_ progress: (Int64) throws(LegacyError) -> Void = { _ in }) throws(LegacyError) -> Checksum
  {
    let hash = SHA256()
    var count: Int64 = 0
    try handle.read { piece throws(LegacyError) in
      hash.update(piece)
      count += Int64(piece.count)
      try progress(count)
    }
    guard count == size, try handle.stamp() == stamp else {
      throw LegacyError(.changed, "\(handle.shown) changed while it was read")
    }
    return hash.finishChecksum()
  }
}
