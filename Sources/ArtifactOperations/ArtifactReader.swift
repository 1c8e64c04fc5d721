package import ArtifactStorage
package import BundleModel
internal import Hashing

/// Reads a stored artifact piece by piece, at the pace of who takes it, and holds it against its row.
///
/// No more than two pieces are in memory, and between two of them no connection to the store is held.
package struct ArtifactReader: Sendable {
  package let artifact: Artifact
  /// Of the object, in bytes; where the row says one, it is the same.
  package let size: Int64
  private let artifacts: any ArtifactStore

  /// Bytes of a piece.
  package static let pieceSize: Int64 = 1 << 20

  /// Looks at the object.
  ///
  /// - Throws: `ArtifactOperationError` when it is in another store; `StorageError`: `.missing`, or `.integrity` when
  ///   its size is not the row's.
  package init(_ artifact: Artifact, in artifacts: any ArtifactStore) async throws {
    try artifacts.requireHome(of: artifact)
    let place = artifacts.storageURL(artifact.storageKey)
    guard case .present(let size, _) = try await artifacts.inspect(artifact.storageKey) else {
      throw StorageError(.missing, "there is no \(place)")
    }
    if let recorded = artifact.size, recorded != size {
      throw StorageError(.integrity, "\(place) has \(size) bytes, recorded are \(recorded)")
    }
    self.artifact = artifact
    self.size = size
    self.artifacts = artifacts
  }

  /// A part that was begun: its first piece is there, and compared already when it is the whole object.
  package struct Opened: Sendable {
    fileprivate let reader: ArtifactReader
    fileprivate let range: Range<Int64>
    fileprivate let first: ObjectPiece
  }

  /// Reads the first piece of a part.
  ///
  /// - Throws: `.integrity` when the part is the whole object, fits in one piece and is not what the row promises.
  package func open(_ range: Range<Int64>) async throws(StorageError) -> Opened {
    guard !range.isEmpty else {
      return Opened(reader: self, range: range, first: ObjectPiece(bytes: [], total: size, tag: nil))
    }
    let first = try await piece(of: range, from: range.lowerBound)
    if first.bytes.count == size { try compare(hash(first.bytes)) }
    return Opened(reader: self, range: range, first: first)
  }

  fileprivate func piece(of range: Range<Int64>, from start: Int64) async throws(StorageError) -> ObjectPiece {
    let end = min(range.upperBound, start + Self.pieceSize)
    let piece = try await artifacts.read(artifact.storageKey, range: start..<end)
    guard piece.total == size else { throw changed }
    return piece
  }

  private func hash(_ bytes: [UInt8]) -> Checksum? { Checksum(digest: SHA256.digest(of: bytes)) }

  /// Compares what was read with what is recorded; AppHub's rows may hold no SHA-256.
  fileprivate func compare(_ actual: Checksum?) throws(StorageError) {
    guard let expected = Checksum(hex: artifact.checksum), let actual, actual != expected else { return }
    throw StorageError(
      .integrity,
      "\(artifacts.storageURL(artifact.storageKey)) has the SHA-256 \(actual.hex), recorded is \(expected.hex)")
  }

  fileprivate var changed: StorageError {
    StorageError(.integrity, "\(artifacts.storageURL(artifact.storageKey)) changed while it was read")
  }
}

extension ArtifactReader.Opened {
  /// Passes the part on, in order; the next piece is read while one is taken.
  ///
  /// The whole object is hashed on its way, and its last piece is held back until the hash is right: whoever gets all
  /// bytes gets the right ones.
  ///
  /// - Throws: `StorageError`, or what `take` throws.
  package func send(_ take: @Sendable ([UInt8]) async throws -> Void) async throws {
    let hash = range == 0..<reader.size ? SHA256() : nil
    var piece = first
    var position = range.lowerBound
    while true {
      piece.bytes.withUnsafeBytes { hash?.update($0) }
      position += Int64(piece.bytes.count)
      guard position < range.upperBound else { break }
      let start = position
      async let following = reader.piece(of: range, from: start)
      try await take(piece.bytes)
      piece = try await following
      guard piece.tag == first.tag else { throw reader.changed }
    }
    try reader.compare(hash?.finishChecksum())
    try await take(piece.bytes)
  }
}
