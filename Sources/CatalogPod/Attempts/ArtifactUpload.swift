internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import Logging
internal import Packager
internal import Persistence
internal import PodAPI

/// Brings an archive into the object store, so that the store holds these bytes and no others under its key.
struct ArtifactUpload {
  let pod: PodDependencies
  let reporter: ProgressReporter
  let log: Logger

  /// Sends an archive, or finds that it is there; returns what to publish.
  func send(_ archive: PackagedArchive, of slug: Slug, _ fingerprint: Fingerprint) async throws -> Publication {
    let key = pod.artifacts.key(
      slug: slug, fingerprint: fingerprint, checksum: archive.checksum, filename: archive.filename)
    reporter.note {
      $0.message = "uploading"
      $0.bytesDone = 0
      $0.bytesTotal = archive.size
    }
    let began = ContinuousClock.now
    let outcome = try await pod.artifacts.put(
      file: archive.path, key: key, checksum: archive.checksum, size: archive.size, contentType: archive.contentType
    ) { [reporter] sent in reporter.note { $0.bytesDone = sent } }
    if outcome == .created { pod.metrics.uploaded(bytes: archive.size, in: .now - began) }
    if outcome == .identical { try await read(key, archive, of: slug, fingerprint) }
    return Publication(
      fingerprint: fingerprint, version: archive.version, checksum: archive.checksum, filename: archive.filename,
      storageKind: pod.artifacts.kind, storageKey: key, storageURL: pod.artifacts.storageURL(key),
      contentType: archive.contentType, size: archive.size, cached: false)
  }

  /// Reads what lay under the key of an archive before it. Nothing was sent because of what the store says of the
  /// key, which it may say of other bytes, and a job must not vouch for an object that nobody has read.
  private func read(
    _ key: String, _ archive: PackagedArchive, of slug: Slug, _ fingerprint: Fingerprint
  ) async throws {
    let found = try await pod.artifacts.verify(key, size: archive.size, checksum: archive.checksum, deep: true)
    guard found != .match else { return }
    if let row = try await pod.statuses.artifact(of: slug, fingerprint: fingerprint), row.storageKey == key {
      await FindingsRecord(pod: pod, log: log).write(
        found, of: row, reason: "a pod that built it again found other bytes under its key")
    }
    throw StorageError(
      .integrity,
      "\(pod.artifacts.storageURL(key)) claims the right checksum and holds other bytes; remove it and try again")
  }
}
