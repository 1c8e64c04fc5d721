internal import ArtifactStorage
internal import BundleModel
internal import LegacyStore
internal import ProcessControl

/// Copies one archive from the object store to its place in a directory, piece by piece.
struct ArchiveCopy: Sendable {
  let artifact: Artifact
  /// As the status names it, for there it is looked for.
  let filename: String?
  let artifacts: any ArtifactStore
  let directory: LegacyDirectory

  /// Bytes.
  private static let pieceSize: Int64 = 1 << 20

  init(artifact: Artifact, filename: String?, from artifacts: any ArtifactStore, to directory: LegacyDirectory) {
    self.artifact = artifact
    self.filename = filename
    self.artifacts = artifacts
    self.directory = directory
  }

  /// Copies it, unless the same bytes are there. Other bytes in its place are kept under another name.
  ///
  /// - Returns: whether anything was written.
  /// - Throws: `StorageError`: `.missing` when there is no such object, `.integrity` when it is not what the row
  ///   promises; `LegacyError`.
  func run() async throws -> Bool {
    let (size, checksum) = try await promised()
    let pieces = PieceHandOff()
    async let placed = DetachedThread.value { () throws(any Error) -> PlacedArchive in
      defer { pieces.finish() }
      return try directory.place(
        archive: artifact.slug, fingerprint: artifact.fingerprint, filename: filename,
        modifiedAt: artifact.uploadedAt, checksum: checksum
      ) { draft in
        while let piece = try pieces.next() { try draft.write(piece) }
      }
    }
    var position: Int64 = 0
    var tag: String?
    while await pieces.isWanted() {
      guard position < size else {
        pieces.give(.success(nil))
        continue
      }
      do throws(StorageError) {
        let end = min(size, position + Self.pieceSize)
        let piece = try await artifacts.read(artifact.storageKey, range: position..<end)
        guard piece.total == size else { throw differs("\(piece.total) bytes, recorded are \(size)") }
        guard position == 0 || piece.tag == tag else { throw differs("other bytes than a moment ago") }
        tag = piece.tag
        position = end
        pieces.give(.success(piece.bytes))
      } catch {
        pieces.give(.failure(error))
      }
    }
    return try await placed.isWritten
  }

  /// Size and SHA-256 of what is to be copied. AppHub's rows may lack the one and hold other text than the other.
  private func promised() async throws(StorageError) -> (Int64, Checksum) {
    if let size = artifact.size, let checksum = Checksum(hex: artifact.checksum) { return (size, checksum) }
    guard let content = try await artifacts.content(artifact.storageKey) else {
      throw StorageError(.missing, "there is no \(artifacts.storageURL(artifact.storageKey))")
    }
    guard let recorded = Checksum(hex: artifact.checksum) else { return (content.size, content.checksum) }
    guard recorded == content.checksum else {
      throw differs("the SHA-256 \(content.checksum.hex), recorded is \(recorded.hex)")
    }
    return (content.size, recorded)
  }

  private func differs(_ how: String) -> StorageError {
    StorageError(.integrity, "\(artifacts.storageURL(artifact.storageKey)) has \(how)")
  }
}
