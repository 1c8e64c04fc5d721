internal import ArtifactStorage
internal import BundleModel
internal import LegacyStore
internal import ProcessControl

/// One archive on its way from a directory into the object store: streamed, verified, never over other bytes.
struct ArchiveUpload: Sendable {
  let artifacts: any ArtifactStore
  let directory: LegacyDirectory
  let archive: LegacyArchive
  let checksum: Checksum
  let contentType: String

  /// Where it is, and whether it was sent just now.
  struct Stored: Sendable {
    var key: String
    var isNew: Bool
  }

  /// Stores it under the first key that does not hold other bytes.
  ///
  /// - Parameters:
  ///   - keys: in the order of preference; the last one names the bytes, so that nobody else's are there.
  ///   - progress: gets the bytes that were sent.
  /// - Throws: `LegacyError` when the file is not what it was, else `StorageError`.
  func run(keys: [String], progress: @escaping @Sendable (Int64) -> Void) async throws -> Stored {
    let (directory, archive) = (directory, archive)
    let held = try await DetachedThread.value { () throws(LegacyError) in
      HeldArchive(try directory.open(archive))
    }
    for (index, key) in keys.enumerated() {
      do throws(StorageError) {
        let started = ThisProcess.now()
        // The open file, and not its name: what the name leads to may be another one by now.
        let outcome = try await artifacts.put(
          file: held.path, key: key, checksum: checksum, size: archive.size, contentType: contentType,
          progress: progress)
        if outcome == .created, archive.size >= ArchiveUpload.inParts {
          await removeParts(of: key, before: started)
        }
        return Stored(key: key, isNew: outcome == .created)
      } catch {
        guard error.kind == .conflict, index < keys.count - 1 else { throw error }
      }
    }
    throw StorageError(.invalid, "no key for \(archive.path)")
  }

  /// From here on archives go up in parts.
  private static let inParts: Int64 = 64 << 20

  /// A run that was killed leaves parts behind that take room. The object is whole now, and only a migration writes
  /// to this key, of which there is one at a time.
  private func removeParts(of key: String, before moment: Timestamp) async {
    guard let uploads = try? await artifacts.unfinishedUploads(prefix: key) else { return }
    for upload in uploads where upload.key.utf8.elementsEqual(key.utf8) {
      guard let begun = upload.begun, begun < moment else { continue }
      try? await artifacts.abort(upload)
    }
  }
}

/// An open archive that several tasks may refer to.
private final class HeldArchive: Sendable {
  private let archive: OpenLegacyArchive

  init(_ archive: consuming OpenLegacyArchive) { self.archive = archive }

  var path: String { archive.path }
}
