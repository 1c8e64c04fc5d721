package import BundleModel
internal import ProcessControl
internal import S3

/// Archives in a directory: `<root>/<key>`.
package final class LocalArtifactStore: ArtifactStore {
  package let kind = StorageKind.local
  package let prefix = ""
  package let linkLifetime: Duration
  /// Absolute unless it was given as a relative path.
  package let root: String
  /// Checks the tokens of links that this store signed.
  package let downloadToken: LocalDownloadToken
  private let now: @Sendable () -> Timestamp

  /// - Parameter signingSecret: signs download links; the same on every pod.
  package init(
    root: String, signingSecret: Secret<[UInt8]>, linkLifetime: Duration = LinkLifetime.standard,
    now: @escaping @Sendable () -> Timestamp = { .systemClock }
  ) {
    var root = root
    while root.count > 1, root.hasSuffix("/") { root.removeLast() }
    self.root = root
    downloadToken = LocalDownloadToken(secret: signingSecret)
    self.linkLifetime = linkLifetime
    self.now = now
  }

  package var identity: String { "local \(root)" }

  package func storageURL(_ key: String) -> String { "local://\(key)" }

  package func put(
    file: String, key: String, checksum: Checksum, size: Int64, contentType: String,
    progress: (@Sendable (_ bytes: Int64) -> Void)?
  ) async throws(StorageError) -> PutOutcome {
    let path = try path(key)
    let root = root
    return try await BlockingThread.runCancellable { cancel throws(StorageError) in
      if let there = try existing(path, cancel: cancel) {
        return try outcome(of: there, path: path, checksum: checksum, size: size)
      }
      try LocalFile.createDirectories(above: path, root: root)
      let temporary = TemporaryFile(beside: path)
      defer { temporary.discard() }
      let copied = try LocalFile(file).copy(to: temporary.path, cancel: cancel, progress: progress)
      guard copied == LocalFile.Content(checksum: checksum, size: size) else {
        throw StorageError(
          .integrity,
          "\(file) has \(copied.size) bytes with the SHA-256 \(copied.checksum), expected \(size) with \(checksum)")
      }
      switch temporary.publish(as: path) {
      case .created: return .created
      case .failed(let reason): throw StorageError(.file, reason)
      case .taken:
        guard let there = try existing(path, cancel: cancel) else {
          throw StorageError(.file, "\(path) appeared and vanished while it was written")
        }
        return try outcome(of: there, path: path, checksum: checksum, size: size)
      }
    }
  }

  package func inspect(_ key: String) async throws(StorageError) -> ObjectState {
    let path = try path(key)
    return try await DetachedThread.value { () throws(StorageError) in
      guard let size = try LocalFile(path).size() else { return .missing }
      return .present(size: size, checksum: nil)
    }
  }

  /// Always reads the bytes: a directory keeps no checksums.
  package func verify(
    _ key: String, size: Int64?, checksum: Checksum, deep: Bool
  ) async throws(StorageError) -> Verification {
    let path = try path(key)
    return try await BlockingThread.runCancellable { cancel throws(StorageError) in
      let file = LocalFile(path)
      guard let actual = try file.size() else { return .missing }
      if let size, size != actual { return .mismatch }
      return try file.hash(cancel: cancel).checksum == checksum ? .match : .mismatch
    }
  }

  package func content(_ key: String) async throws(StorageError) -> ObjectContent? {
    let path = try path(key)
    return try await BlockingThread.runCancellable { cancel throws(StorageError) in
      guard try LocalFile(path).size() != nil else { return nil }
      let read = try LocalFile(path).hash(cancel: cancel)
      return ObjectContent(size: read.size, checksum: read.checksum)
    }
  }

  package func fetch(_ key: String, file: String, checksum: Checksum) async throws(StorageError) {
    let path = try path(key)
    try await BlockingThread.runCancellable { cancel throws(StorageError) in
      guard try LocalFile(path).size() != nil else { throw StorageError(.missing, "there is no \(path)") }
      let temporary = TemporaryFile(beside: file)
      defer { temporary.discard() }
      let copied = try LocalFile(path).copy(to: temporary.path, cancel: cancel, progress: nil)
      guard copied.checksum == checksum else {
        throw StorageError(.integrity, "\(path) has the SHA-256 \(copied.checksum), expected \(checksum)")
      }
      if let reason = temporary.commit(as: file) { throw StorageError(.file, reason) }
    }
  }

  package func delete(_ key: String) async throws(StorageError) {
    let path = try path(key)
    try await DetachedThread.value { () throws(StorageError) in try LocalFile(path).remove() }
  }

  package func list(prefix: String) async throws(StorageError) -> [StoredObject] {
    let root = root
    return try await BlockingThread.runCancellable { cancel throws(StorageError) in
      try LocalDirectory(root).objects(prefix: prefix, cancel: cancel)
    }
  }

  /// A link to the pod's own download route, relative.
  package func signedURL(_ request: LinkRequest) throws(StorageError) -> SignedLink {
    _ = try path(request.key)
    let seconds = try LinkLifetime.seconds(request.lifetime ?? linkLifetime)
    let expires = now().microseconds / 1000 + seconds * 1000
    let token = downloadToken.token(
      slug: request.slug, fingerprint: request.fingerprint, key: request.key, expiresMilliseconds: expires)
    var url = "/examples/bundles/\(ByteText.percentEncoded(request.slug.text))"
    url += "/fingerprints/\(ByteText.percentEncoded(request.fingerprint.text))/download"
    url += "?expires=\(expires)&token=\(token.reveal())"
    if let name = request.filename?.nonBlank { url += "&filename=\(ByteText.percentEncoded(name))" }
    return SignedLink(url: Secret(url), expiresAt: Timestamp(microseconds: expires * 1000))
  }

  package func check() async throws(StorageError) {
    let root = root
    try await DetachedThread.value { () throws(StorageError) in
      try LocalFile.createDirectories(above: root + "/x", root: "/")
      try LocalDirectory(root).checkWritable()
    }
  }

  /// Where a key lies. Nothing outside the root can be named.
  private func path(_ key: String) throws(StorageError) -> String {
    let parts = key.utf8.split(separator: 47, omittingEmptySubsequences: false)
    let isSafe = parts.allSatisfy { part in
      !part.isEmpty && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8) && !part.contains(0)
        && part.count <= 255
    }
    guard isSafe, key.utf8.count <= 1024 else {
      throw StorageError(
        .invalid, "'\(UntrustedText.line(key, limit: 200))' is not a key that a directory can hold")
    }
    return root + "/" + key
  }
}

private func existing(_ path: String, cancel: CancelFlag) throws(StorageError) -> LocalFile.Content? {
  let file = LocalFile(path)
  guard try file.size() != nil else { return nil }
  return try file.hash(cancel: cancel)
}

private func outcome(
  of there: LocalFile.Content, path: String, checksum: Checksum, size: Int64
) throws(StorageError) -> PutOutcome {
  guard there == LocalFile.Content(checksum: checksum, size: size) else {
    throw StorageError(.conflict, "\(path) holds other bytes already; nothing was written")
  }
  return .identical
}
