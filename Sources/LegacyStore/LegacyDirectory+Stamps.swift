package import BundleModel

/// A status file by name, as it is without being opened.
package struct LegacyStatusFile: Equatable, Sendable {
  package var slug: Slug
  /// Nil for what is no regular file.
  package var stamp: LegacyStamp?
}

extension LegacyDirectory {
  /// The status files by their names, one stat(2) each: who keeps what was read sees by the stamps what has changed.
  ///
  /// A name that is not as AppHub writes it (other case, blanks) is not among them. Blocks.
  package func statusFiles() throws(LegacyError) -> [LegacyStatusFile] {
    guard let folder = try LegacyFolder.open(path, [LegacyName.statuses]) else { return [] }
    var files: [LegacyStatusFile] = []
    for bytes in try folder.names() where LegacyName.isStatus(bytes) {
      guard let name = String(validating: bytes, as: UTF8.self), let slug = Slug(name.dropLast(5)),
        LegacyName.status(of: slug)?.utf8.elementsEqual(bytes) == true, let look = try folder.look(name)
      else { continue }
      if case .file(let stamp) = look {
        files.append(LegacyStatusFile(slug: slug, stamp: stamp))
      } else {
        files.append(LegacyStatusFile(slug: slug, stamp: nil))
      }
    }
    return files
  }
}
