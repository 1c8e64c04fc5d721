internal import ArtifactStorage
package import BundleModel
internal import LegacyStore
internal import ProcessControl

extension DirectoryReading {
  /// The archive of a bundle's status; nil when the status is of another fingerprint or not completed, or there is no
  /// such file.
  ///
  /// - Throws: `LegacyError` when the directory cannot be read.
  package func archive(of slug: Slug, fingerprint: Fingerprint) async throws -> ArchiveSource? {
    guard let (status, found) = try await one(slug), status.fingerprint == fingerprint, let found else {
      return nil
    }
    return ArchiveSource(
      artifact: Artifact(status, archive: found), file: FileArchive(store: archives, path: found.path))
  }

  /// What lies in AppHub's place for a fingerprint, whatever the status says by now: the archive that was linked to
  /// while the bundle is packaged anew. Nobody knows its checksum.
  ///
  /// - Throws: `LegacyError` when the directory cannot be read.
  package func keptArchive(of slug: Slug, fingerprint: Fingerprint) async throws -> ArchiveSource? {
    let directory = directory
    let kept = try await DetachedThread.value { () throws(LegacyError) in
      try directory.keptArchive(of: slug, fingerprint: fingerprint)
    }
    guard let kept else { return nil }
    let status = LegacyStatus(
      slug: slug, fingerprint: fingerprint, stage: .completed, createdAt: kept.modifiedAt,
      updatedAt: kept.modifiedAt, filename: kept.path.split(separator: "/").last.map(String.init))
    return ArchiveSource(
      artifact: Artifact(status, archive: kept), file: FileArchive(store: archives, path: kept.path))
  }
}
