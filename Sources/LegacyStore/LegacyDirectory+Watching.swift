package import BundleModel
internal import Glibc

/// For whoever reads a directory again and again, and keeps what it has read.
extension LegacyDirectory {
  /// The older file that holds all statuses, as `stamps` names it.
  package static let map = LegacyName.map

  /// The files that may hold statuses by their path below the directory, as they are now; none of them is opened.
  /// Without a folder of statuses there are none. Blocks.
  ///
  /// - Throws: when the directory is not there or cannot be read.
  package func stamps() throws(LegacyError) -> [String: LegacyStamp] {
    let root = try LegacyFolder.root(path)
    var stamps: [String: LegacyStamp] = [:]
    if case .file(let stamp)? = try root.look(LegacyName.map) { stamps[LegacyName.map] = stamp }
    guard let folder = try root.folder(LegacyName.statuses) else { return stamps }
    for bytes in try folder.names() where LegacyName.isStatus(bytes) {
      guard let name = String(validating: bytes, as: UTF8.self), case .file(let stamp)? = try folder.look(name)
      else {
        continue
      }
      stamps["\(LegacyName.statuses)/\(name)"] = stamp
    }
    return stamps
  }

  /// What one of those files says: one status, or those of the older map; none where it is damaged or gone. Blocks.
  package func statuses(in path: String) -> [LegacyStatus] {
    var found: [LegacyStatus] = []
    func take(_ item: LegacyItem?) { if case .entry(let entry)? = item { found.append(entry.status) } }
    guard path != LegacyName.map else {
      try? LegacyStatusMap.read(try LegacyFolder.root(self.path), take)
      return found
    }
    guard let name = path.split(separator: "/").last,
      let folder = try? LegacyFolder.open(self.path, [LegacyName.statuses])
    else { return [] }
    take(LegacyStatusFiles.item(Array(name.utf8), in: folder))
    return found
  }

  /// What there is at a path below the directory, by one look that opens nothing; nil when there is no regular
  /// file. Blocks.
  package func stamp(_ path: String) -> LegacyStamp? {
    var facts = stat()
    guard lstat(self.path + "/" + path, &facts) == 0, case .file(let stamp) = LegacyLook(facts) else { return nil }
    return stamp
  }

  /// The archive in AppHub's own place for a fingerprint, whatever the status says by now; nil where there is none,
  /// or where nobody can tell which of several it is. Opens no file. Blocks.
  package func keptArchive(of slug: Slug, fingerprint: Fingerprint) throws(LegacyError) -> LegacyArchive? {
    let chain = [
      LegacyName.archives, ArchiveName.segment(slug.text, fallback: "bundle"),
      ArchiveName.segment(fingerprint.text, fallback: "fingerprint"),
    ]
    guard let folder = try LegacyFolder.open(path, chain) else { return nil }
    var found: LegacyArchive?
    for bytes in try folder.names() where !LegacyDirectory.isBeside(bytes) {
      guard let name = String(validating: bytes, as: UTF8.self), case .file(let stamp)? = try folder.look(name)
      else {
        continue
      }
      guard found == nil else { return nil }
      found = LegacyArchive(
        path: (chain + [name]).joined(separator: "/"), size: stamp.size, modifiedAt: stamp.modifiedAt, place: 1)
    }
    return found
  }

  /// Names of what lies beside an archive: checksums, drafts, archives that were kept aside.
  private static func isBeside(_ name: [UInt8]) -> Bool {
    let text = String(decoding: name, as: UTF8.self)
    return text.hasPrefix(".") || text.hasSuffix(".sha256") || text.hasSuffix(".tmp")
      || text.contains(".superseded-")
  }
}
