package import BundleModel
import Glibc

extension LegacyDirectory {
  /// Writes a status into its file, atomically and durably, in place of an earlier one. Blocks.
  ///
  /// - Throws: `.missing` when the directory is gone: it is not made again behind its owner's back; `.invalid` when no
  ///   file can have the slug's name, or hold its moments.
  package func write(_ status: LegacyStatus) throws(LegacyError) {
    let name = try LegacyDirectory.fileName(status.slug)
    guard JavaScriptDate.isInRange(status.updatedAt), JavaScriptDate.isInRange(status.createdAt) else {
      throw LegacyError(.invalid, "the status of '\(name)' has a moment that no status file can hold")
    }
    guard let folder = try LegacyFolder.open(path, [LegacyName.statuses], creating: true) else {
      throw LegacyError(.missing, "\(path)/\(LegacyName.statuses) vanished")
    }
    try LegacyDirectory.refuseSpecial(name, in: folder)
    let draft = try LegacyDraft(in: folder, for: name)
    try draft.write(status.fileText)
    try draft.replace(name)
  }

  /// Takes a status out of the way: `status/<slug>.json` becomes `status/.removed-<slug>.json`, or, beside earlier
  /// ones, `status/.removed-1-<slug>.json` and so on. Blocks.
  ///
  /// - Returns: false when there was none.
  @discardableResult
  package func setAside(slug: Slug) throws(LegacyError) -> Bool {
    let name = try LegacyDirectory.fileName(slug)
    guard let folder = try LegacyFolder.open(path, [LegacyName.statuses]) else { return false }
    guard try folder.look(name) != nil else { return false }
    for number in 0... {
      let aside = number == 0 ? ".removed-\(name)" : ".removed-\(number)-\(name)"
      if try LegacyDirectory.rename(name, to: aside, in: folder) { break }
      switch errno {
      case EEXIST: continue
      case ENOENT: return false
      default: throw LegacyError("cannot set aside", "\(folder.shown)/\(name)", errno)
      }
    }
    try folder.sync()
    return true
  }

  /// Renames a file, never over another one. False: see `errno`.
  private static func rename(
    _ name: String, to final: String, in folder: borrowing LegacyFolder
  ) throws(LegacyError) -> Bool {
    // Unlike rename, link fails when the name is taken.
    if linkat(folder.descriptor, name, folder.descriptor, final, 0) == 0 {
      return unlinkat(folder.descriptor, name, 0) == 0
    }
    guard errno == EPERM || errno == ENOTSUP || errno == ENOSYS || errno == EMLINK else { return false }
    // A file system without hard links: nobody else sets files of this directory aside.
    guard try folder.look(final) == nil else {
      errno = EEXIST
      return false
    }
    return renameat(folder.descriptor, name, folder.descriptor, final) == 0
  }

  private static func fileName(_ slug: Slug) throws(LegacyError) -> String {
    // As long as what is put before it leaves room.
    guard let name = LegacyName.status(of: slug), name.utf8.count <= 246 else {
      throw LegacyError(
        .invalid, "no status file can be named after '\(UntrustedText.line(slug.text, limit: 100))'")
    }
    return name
  }

  /// A rename would take the place of a link or a pipe without a word.
  static func refuseSpecial(_ name: String, in folder: borrowing LegacyFolder) throws(LegacyError) {
    if case .other(let kind)? = try folder.look(name) {
      throw LegacyError(.unsafe, "\(folder.shown)/\(name) is \(kind.words): nothing was written")
    }
  }
}
