internal import ArtifactStorage
package import BundleModel
internal import LegacyStore
internal import ProcessControl

extension DirectoryReading {
  /// The archive of a slug and a fingerprint: that of its status, else what is kept where AppHub keeps it, also while
  /// the bundle is packaged anew; nil when there is none.
  ///
  /// - Throws: `LegacyError` when the directory cannot be read.
  package func archive(of slug: Slug, fingerprint: Fingerprint) async throws -> ArchiveSource? {
    if let (status, found) = try await one(slug), status.fingerprint == fingerprint, let found {
      return ArchiveSource(
        artifact: Artifact(status, archive: found), file: FileArchive(store: archives, path: found.path))
    }
    return try await DetachedThread.value { [directory, archives] () throws(LegacyError) in
      guard let kept = try directory.keptArchive(of: slug, fingerprint: fingerprint) else { return nil }
      let name = kept.path.split(separator: "/").last.map(String.init)
      let bare = LegacyStatus(
        slug: slug, fingerprint: fingerprint, stage: .completed, createdAt: kept.modifiedAt,
        updatedAt: kept.modifiedAt, filename: name)
      return ArchiveSource(
        artifact: Artifact(bare, archive: kept), file: FileArchive(store: archives, path: kept.path))
    }
  }
}
