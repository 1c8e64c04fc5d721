internal import ArtifactStorage
package import BundleModel
package import LegacyStore

extension BundleStatus {
  /// A status of AppHub's directory, with the archive that was found of it.
  ///
  /// Files hold neither the moment of completion, which is that of the last change, nor anything about the archive
  /// but its name and checksum; the rest is what the archive's file tells.
  package init(_ file: LegacyStatus, archive: LegacyArchive?) {
    self.init(
      slug: file.slug, fingerprint: file.fingerprint, stage: file.stage, state: file.state, jobID: file.jobID,
      version: file.version, checksum: file.checksum, filename: file.filename, cached: file.cached,
      error: file.error, message: file.message, createdAt: file.createdAt, updatedAt: file.updatedAt,
      completedAt: file.state == .completed ? file.updatedAt : nil,
      artifact: archive.map { Artifact(file, archive: $0) })
  }
}

extension Artifact {
  /// An archive in AppHub's directory. Its key is the one that it has in a store of archives, wherever it was
  /// found.
  package init(_ status: LegacyStatus, archive: LegacyArchive) {
    let key = ArtifactKey.legacy(
      slug: status.slug, fingerprint: status.fingerprint, filename: status.filename)
    self.init(
      id: key, slug: status.slug, fingerprint: status.fingerprint, version: status.version,
      checksum: status.checksum ?? "", filename: status.filename, storageKind: .local, storageKey: key,
      storageURL: "local://\(key)", contentType: Artifact.contentType(archive.path), size: archive.size,
      jobID: status.jobID, uploadedAt: archive.modifiedAt, createdAt: archive.modifiedAt)
  }

  /// Source: contract section 6.
  static func contentType(_ path: String) -> String {
    path.hasSuffix(".tgz") ? "application/gzip" : "application/octet-stream"
  }
}
