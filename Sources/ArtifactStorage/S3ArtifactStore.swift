package import BundleModel
package import S3

/// Archives in a bucket.
package final class S3ArtifactStore: ArtifactStore {
  package let kind = StorageKind.s3
  package let prefix: String
  package let linkLifetime: Duration
  /// For tools that need more than the store gives.
  package let client: S3Client
  package let bucket: String
  private let publicEndpoint: S3Endpoint
  private let now: @Sendable () -> Timestamp
  private let conditions = ConditionalWrites()

  /// - Parameters:
  ///   - publicEndpoint: the host that links are signed for; nil is the client's own.
  ///   - now: the clock of `expiresAt`.
  package init(
    client: S3Client, bucket: String, prefix: String = "", publicEndpoint: S3Endpoint? = nil,
    linkLifetime: Duration = LinkLifetime.standard, now: @escaping @Sendable () -> Timestamp = { .systemClock }
  ) {
    self.client = client
    self.bucket = bucket
    self.prefix = ArtifactKey.normalised(prefix: prefix)
    self.publicEndpoint = publicEndpoint ?? client.endpoint
    self.linkLifetime = linkLifetime
    self.now = now
  }

  package var identity: String { "s3 \(client.endpoint)/\(bucket)" + (prefix.isEmpty ? "" : "/\(prefix)") }

  package func storageURL(_ key: String) -> String { "s3://\(bucket)/\(key)" }

  package func put(
    file: String, key: String, checksum: Checksum, size: Int64, contentType: String,
    progress: (@Sendable (_ bytes: Int64) -> Void)?
  ) async throws(StorageError) -> PutOutcome {
    switch try await settledMatch(key, size: size, checksum: checksum) {
    case .match: return .identical
    case .mismatch: throw conflict(key)
    case .missing: break
    }
    let upload = { (condition: PutCondition) async throws(S3Error) in
      _ = try await self.client.uploadObject(
        bucket: self.bucket, key: key, file: file, size: size, checksum: checksum, contentType: contentType,
        condition: condition, progress: progress)
    }
    do throws(S3Error) {
      try await conditions.put(upload)
    } catch {
      guard error.kind == .preconditionFailed else { throw StorageError(error) }
      // Somebody was faster. The server shows what they wrote, or will in a moment.
      guard try await settledMatch(key, size: size, checksum: checksum, isExpected: true) == .match else {
        throw conflict(key)
      }
      return .identical
    }
    guard try await settledMatch(key, size: size, checksum: checksum, isExpected: true) == .match else {
      throw StorageError(
        .integrity,
        "\(storageURL(key)) at \(client.endpoint) is not what was uploaded: expected \(size) bytes, \(checksum)")
    }
    return .created
  }

  package func inspect(_ key: String) async throws(StorageError) -> ObjectState {
    do throws(S3Error) {
      let info = try await client.headObject(bucket: bucket, key: key)
      return .present(size: info.size, checksum: info.agreedChecksum)
    } catch {
      guard error.kind == .notFound else { throw StorageError(error) }
      return .missing
    }
  }

  package func verify(
    _ key: String, size: Int64?, checksum: Checksum, deep: Bool
  ) async throws(StorageError) -> Verification {
    guard deep else { return try await match(key, size: size, checksum: checksum) }
    return try await readAndCompare(key, size: size, checksum: checksum)
  }

  package func content(_ key: String) async throws(StorageError) -> ObjectContent? {
    do throws(S3Error) {
      let actual = try await client.hashObject(bucket: bucket, key: key)
      return ObjectContent(size: actual.size, checksum: actual.checksum)
    } catch {
      guard error.kind == .notFound else { throw StorageError(error) }
      return nil
    }
  }

  package func fetch(_ key: String, file: String, checksum: Checksum) async throws(StorageError) {
    try await translating { () throws(S3Error) in
      _ = try await self.client.getObject(bucket: self.bucket, key: key, file: file, checksum: checksum)
    }
  }

  package func read(_ key: String, range: Range<Int64>) async throws(StorageError) -> ObjectPiece {
    let part = try await translating { () throws(S3Error) in
      try await self.client.getRange(bucket: self.bucket, key: key, range: range)
    }
    return ObjectPiece(bytes: part.bytes, total: part.total, tag: part.etag)
  }

  package func delete(_ key: String) async throws(StorageError) {
    try await translating { () throws(S3Error) in
      try await self.client.deleteObject(bucket: self.bucket, key: key)
    }
  }

  package func list(prefix: String) async throws(StorageError) -> [StoredObject] {
    try await translating { () throws(S3Error) in
      try await self.client.listObjects(bucket: self.bucket, prefix: prefix).map {
        StoredObject(key: $0.key, size: $0.size, lastModified: $0.lastModified)
      }
    }
  }

  package func unfinishedUploads(prefix: String) async throws(StorageError) -> [UnfinishedUpload] {
    do throws(S3Error) {
      return try await client.listUploads(bucket: bucket, prefix: prefix).map {
        UnfinishedUpload(key: $0.key, id: $0.uploadID, begun: $0.initiated)
      }
    } catch {
      // A server that cannot tell.
      if error.status == 501 || error.status == 405 { return [] }
      throw StorageError(error)
    }
  }

  package func abort(_ upload: UnfinishedUpload) async throws(StorageError) {
    try await translating { () throws(S3Error) in
      try await self.client.abortUpload(bucket: self.bucket, key: upload.key, uploadID: upload.id)
    }
  }

  package func signedURL(_ request: LinkRequest) throws(StorageError) -> SignedLink {
    let seconds = try LinkLifetime.seconds(request.lifetime ?? linkLifetime)
    let name = request.filename?.nonBlank ?? request.key.split(separator: "/").last.map(String.init) ?? "bundle.tgz"
    let issued = now()
    do throws(S3Error) {
      let url = try client.presignGet(
        bucket: bucket, key: request.key, expires: .seconds(seconds),
        contentDisposition: ContentDisposition.attachment(name),
        contentType: request.contentType?.nonBlank ?? "application/gzip",
        endpoint: request.network == .inside ? client.endpoint : publicEndpoint)
      return SignedLink(url: url, expiresAt: issued.advanced(by: .seconds(seconds)))
    } catch {
      throw StorageError(error)
    }
  }

  package func check() async throws(StorageError) {
    do throws(S3Error) {
      try await client.headBucket(bucket, limits: .probe)
    } catch {
      guard error.kind == .notFound else { throw StorageError(error) }
      throw StorageError(.unavailable, "there is no bucket \(bucket) at \(client.endpoint)")
    }
  }

  /// Compares with what the server says, and reads the object when the server says too little.
  private func match(_ key: String, size: Int64?, checksum: Checksum) async throws(StorageError) -> Verification {
    switch try await inspect(key) {
    case .missing: return .missing
    case .present(let actual, let known):
      if let size, size != actual { return .mismatch }
      if let known { return known == checksum ? .match : .mismatch }
      return try await readAndCompare(key, size: size, checksum: checksum)
    }
  }

  /// Like `match`, but patient with servers that show a key while somebody is still writing it: what differs without
  /// saying a checksum may be half of the same bytes, so it is looked at again for a second.
  ///
  /// - Parameter isExpected: the key was just written, so that a missing one may be a moment between two writers.
  private func settledMatch(
    _ key: String, size: Int64, checksum: Checksum, isExpected: Bool = false
  ) async throws(StorageError) -> Verification {
    var looks = 0
    while true {
      let result = try await match(key, size: size, checksum: checksum)
      looks += 1
      guard looks <= 5, !Task.isCancelled else { return result }
      switch result {
      case .match: return result
      case .missing: guard isExpected else { return result }
      case .mismatch:
        if case .present(_, let known?) = try await inspect(key), known != checksum { return result }
      }
      await client.pause(for: .milliseconds(200))
    }
  }

  private func readAndCompare(
    _ key: String, size: Int64?, checksum: Checksum
  ) async throws(StorageError) -> Verification {
    do throws(S3Error) {
      let actual = try await client.hashObject(bucket: bucket, key: key)
      return actual.checksum == checksum && (size ?? actual.size) == actual.size ? .match : .mismatch
    } catch {
      guard error.kind == .notFound else { throw StorageError(error) }
      return .missing
    }
  }

  private func conflict(_ key: String) -> StorageError {
    StorageError(
      .conflict, "\(storageURL(key)) at \(client.endpoint) holds other bytes already; nothing was written")
  }

  private func translating<Value: Sendable>(
    _ call: () async throws(S3Error) -> Value
  ) async throws(StorageError) -> Value {
    do throws(S3Error) {
      return try await call()
    } catch {
      throw StorageError(error)
    }
  }
}

extension S3ObjectInfo {
  /// The checksum that the server and the uploader agree on; nil when neither says one or they differ.
  ///
  /// A claim when only the uploader says it, as always with an object that went up in parts. That is enough to tell
  /// whether a key holds what we mean to put there, because what we sent was hashed while it left; whether the bytes
  /// are still those is for `verify(deep: true)` to say.
  fileprivate var agreedChecksum: Checksum? {
    guard let serverChecksum, let notedChecksum else { return serverChecksum ?? notedChecksum }
    return serverChecksum == notedChecksum ? serverChecksum : nil
  }
}
