package import BundleModel
import Glibc
internal import Hashing

/// What became of an archive that was put into the directory.
package struct PlacedArchive: Equatable, Sendable {
  package var archive: LegacyArchive
  /// False: the same bytes were there already, and nothing was written.
  package var isWritten: Bool
  /// Below the directory: where the other bytes are kept that had this name.
  package var setAside: String?
}

/// An archive on its way into the directory. Belongs to one caller at a time; every call blocks.
package struct ArchiveDraft: ~Copyable {
  fileprivate let draft: LegacyDraft

  /// A path to the open, empty file, for this process while this lives.
  package var path: String { "/proc/self/fd/\(draft.descriptor)" }

  /// Appends bytes.
  package func write(_ piece: UnsafeRawBufferPointer) throws(LegacyError) { try draft.write(piece) }

  /// Appends bytes.
  package func write(_ bytes: [UInt8]) throws(LegacyError) { try draft.write(bytes) }

  /// Appends the bytes of a file of ours.
  package func copy(contentsOf file: String) throws(LegacyError) {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw LegacyError("cannot read", file, errno) }
    let source = LegacyHandle(descriptor, file)
    try source.read { piece throws(LegacyError) in try draft.write(piece) }
  }
}

extension LegacyDirectory {
  /// Where AppHub's store keeps an archive, below the directory: `artifacts/<slug>/<fingerprint>/<file>`.
  package static func archivePath(slug: Slug, fingerprint: Fingerprint, filename: String?) -> String {
    archiveChain(slug, fingerprint, filename).joined(separator: "/")
  }

  /// Puts an archive in its place, atomically and durably. Other bytes of that name are kept beside it first, as
  /// `<file>.superseded-<16 hex of their SHA-256>`; the same bytes stay untouched and `write` is not called. Blocks.
  ///
  /// - Parameters:
  ///   - modifiedAt: becomes the file's time.
  ///   - write: fills the empty file.
  /// - Throws: `.integrity` when what was written has another checksum: nothing changed then; what `write` throws.
  @discardableResult
  package func place(
    archive slug: Slug, fingerprint: Fingerprint, filename: String?, modifiedAt: Timestamp, checksum: Checksum,
    write: (borrowing ArchiveDraft) throws -> Void
  ) throws -> PlacedArchive {
    let chain = LegacyDirectory.archiveChain(slug, fingerprint, filename)
    guard let name = chain.last, let folder = try LegacyFolder.open(path, chain.dropLast(), creating: true) else {
      throw LegacyError(.missing, "the folder of \(chain.joined(separator: "/")) vanished")
    }
    try LegacyDirectory.refuseSpecial(name, in: folder)
    let below = chain.joined(separator: "/")
    var other: Checksum?
    if let file = try folder.file(name) {
      let stamp = try file.stamp()
      let there = try OpenLegacyArchive(file, stamp).checksum()
      if there == checksum {
        let archive = LegacyArchive(path: below, size: stamp.size, modifiedAt: stamp.modifiedAt, place: 1)
        return PlacedArchive(archive: archive, isWritten: false)
      }
      other = there
    }
    let new = ArchiveDraft(draft: try LegacyDraft(in: folder, for: name))
    try write(new)
    let stamp = try LegacyDirectory.seal(new, checksum, modifiedAt)
    var kept: String?
    if let other {
      let beside = "\(name).superseded-\(other.hex.prefix(16))"
      // Linked, not renamed: the name is never without a file. One that is there already holds these very bytes.
      guard linkat(folder.descriptor, name, folder.descriptor, beside, 0) == 0 || errno == EEXIST else {
        throw LegacyError("cannot keep aside", "\(folder.shown)/\(name)", errno)
      }
      kept = (chain.dropLast() + [beside]).joined(separator: "/")
    }
    try LegacyDirectory.finish(new, name)
    let archive = LegacyArchive(path: below, size: stamp.size, modifiedAt: stamp.modifiedAt, place: 1)
    return PlacedArchive(archive: archive, isWritten: true, setAside: kept)
  }

  /// Makes sure that the bytes are what was promised, and gives the file its time.
  private static func seal(
    _ new: borrowing ArchiveDraft, _ checksum: Checksum, _ modifiedAt: Timestamp
  ) throws(LegacyError) -> LegacyStamp {
    let hash = SHA256()
    let own = fcntl(new.draft.descriptor, F_DUPFD_CLOEXEC, 0)
    guard own >= 0 else { throw LegacyError("cannot read", new.draft.shown, errno) }
    let written = LegacyHandle(own, new.draft.shown)
    try written.read { piece throws(LegacyError) in hash.update(piece) }
    let found = hash.finishChecksum()
    guard found == checksum else {
      throw LegacyError(
        .integrity, "what was written for \(new.draft.shown) has the SHA-256 \(found), expected \(checksum)")
    }
    let seconds = modifiedAt.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    let borrow = seconds.remainder < 0
    let time = timespec(
      tv_sec: Int(seconds.quotient) - (borrow ? 1 : 0),
      tv_nsec: Int(seconds.remainder + (borrow ? 1_000_000 : 0)) * 1000)
    guard futimens(own, [time, time]) == 0 else {
      throw LegacyError("cannot set the time of", new.draft.shown, errno)
    }
    return try written.stamp()
  }

  private static func finish(_ new: consuming ArchiveDraft, _ name: String) throws(LegacyError) {
    try new.draft.replace(name)
  }

  private static func archiveChain(_ slug: Slug, _ fingerprint: Fingerprint, _ filename: String?) -> [String] {
    [
      LegacyName.archives, ArchiveName.segment(slug.text, fallback: "bundle"),
      ArchiveName.segment(fingerprint.text, fallback: "fingerprint"),
      ArchiveName.filename(filename, slug: slug, fingerprint: fingerprint),
    ]
  }
}
