package import BundleModel
internal import ProcessControl

/// Archives in a directory: `<root>/<key>`.
package final class LocalArtifactStore: ArtifactStore {
  package let kind = StorageKind.local
  package let prefix = ""
  package let layout: ArtifactLayout
  package let linkLifetime: Duration
  /// Absolute unless it was given as a relative path.
  package let root: String
  /// What signs links.
  private let keys: LinkKeySource
  private let patience: Duration
  private let now: @Sendable () -> Timestamp
  private let directory: LocalDirectory
  /// Made up when the signing key is, to tell this process's links from those of others.
  private let ownKeyMark: String

  /// - Parameters:
  ///   - keys: sign download links; the same on every pod.
  ///   - patience: how long the disk may do nothing before a call gives up with `.timeout`.
  package init(
    root: String, keys: LinkKeySource, layout: ArtifactLayout = .byChecksum,
    linkLifetime: Duration = LinkLifetime.standard, patience: Duration = .seconds(30),
    now: @escaping @Sendable () -> Timestamp = ThisProcess.now
  ) {
    var root = root
    while root.count > 1, root.hasSuffix("/") { root.removeLast() }
    self.root = root
    self.keys = keys
    self.layout = layout
    self.linkLifetime = linkLifetime
    self.patience = patience
    self.now = now
    directory = LocalDirectory(root)
    ownKeyMark = keys.isShared ? "" : " with its own link key \(String(UInt32.random(in: 0 ... .max), radix: 36))"
  }

  /// A store whose links are signed by one plain secret.
  package convenience init(
    root: String, signingSecret: Secret<[UInt8]>, layout: ArtifactLayout = .byChecksum,
    linkLifetime: Duration = LinkLifetime.standard,
    now: @escaping @Sendable () -> Timestamp = ThisProcess.now
  ) {
    self.init(
      root: root, keys: LinkKeySource(LinkKeyRing(plain: signingSecret)), layout: layout,
      linkLifetime: linkLifetime,
      now: now)
  }

  /// The directory; also a mark when the link key is this process's own. Pods that share a directory but not the key
  /// would refuse each other's links, so they must not pass for one store.
  package var identity: String { "local \(root)\(ownKeyMark)" }

  package var sharingProblem: String? {
    keys.isShared
      ? nil
      : "APPHUB_BUNDLE_STORAGE_SIGNING_SECRET is not set: with more than one pod, set the same one on each, or one "
        + "pod's download links are refused by the others"
  }

  /// Checks the tokens of links that this store, or another pod's, signed.
  package var downloadToken: LocalDownloadToken { LocalDownloadToken(ring: keys.ring) }

  package var routeTokens: LocalDownloadToken? { downloadToken }

  package func storageURL(_ key: String) -> String { "local://\(key)" }

  package func put(
    file: String, key: String, checksum: Checksum, size: Int64, contentType: String,
    progress: (@Sendable (_ bytes: Int64) -> Void)?
  ) async throws(StorageError) -> PutOutcome {
    let key = try LocalKey(key)
    let directory = directory
    let writing = LocalPut(
      source: file, key: key, content: LocalFile.Content(checksum: checksum, size: size),
      keepsOthersAside: layout == .appHub, progress: progress)
    return try await run("writing \(directory.shown(key))") { heart throws(StorageError) in
      // A folder that was just made may vanish again under somebody who removes another key.
      for _ in 0..<100 {
        if let outcome = try writing.run(directory, heart) { return outcome }
      }
      throw StorageError(.file, "the folder of \(directory.shown(key)) vanishes again and again")
    }
  }

  package func inspect(_ key: String) async throws(StorageError) -> ObjectState {
    let key = try LocalKey(key)
    return try await withFile(key, "looking at") { file, _ throws(StorageError) in
      guard let size = try file.size() else { return .missing }
      return .present(size: size, checksum: nil)
    } ?? .missing
  }

  /// Always reads the bytes: a directory keeps no checksums.
  package func verify(
    _ key: String, size: Int64?, checksum: Checksum, deep: Bool
  ) async throws(StorageError) -> Verification {
    let key = try LocalKey(key)
    return try await withFile(key, "reading") { file, heart throws(StorageError) in
      guard let actual = try file.size() else { return .missing }
      if let size, size != actual { return .mismatch }
      return try file.hash(heart).checksum == checksum ? .match : .mismatch
    } ?? .missing
  }

  package func content(_ key: String) async throws(StorageError) -> ObjectContent? {
    let key = try LocalKey(key)
    let read = try await withFile(key, "reading") { file, heart throws(StorageError) -> LocalFile.Content? in
      try file.size() == nil ? nil : try file.hash(heart)
    }
    return (read ?? nil).map { ObjectContent(size: $0.size, checksum: $0.checksum) }
  }

  package func fetch(_ key: String, file target: String, checksum: Checksum) async throws(StorageError) {
    let key = try LocalKey(key)
    let shown = directory.shown(key)
    let isThere = try await withFile(key, "reading") { file, heart throws(StorageError) in
      guard try file.size() != nil else { return false }
      let (folder, name) = LocalArtifactStore.split(target)
      guard let beside = try LocalDirectory(folder).open([]),
        var draft = try LocalDraft(in: beside, for: name, shown: target)
      else { throw StorageError(.file, "there is no directory for \(target)") }
      let copied = try file.read(heart) { piece throws(StorageError) in try draft.write(piece) }
      guard copied.checksum == checksum else {
        throw StorageError(.integrity, "\(shown) has the SHA-256 \(copied.checksum), expected \(checksum)")
      }
      try draft.replace(name)
      return true
    }
    guard isThere == true else { throw StorageError(.missing, "there is no \(shown)") }
  }

  package func read(_ key: String, range: Range<Int64>) async throws(StorageError) -> ObjectPiece {
    let key = try LocalKey(key)
    let shown = directory.shown(key)
    let piece = try await withFile(key, "reading") { file, heart throws(StorageError) in
      try file.read(range, heart)
    }
    guard let piece = piece ?? nil else { throw StorageError(.missing, "there is no \(shown)") }
    return piece
  }

  package func delete(_ key: String) async throws(StorageError) {
    let key = try LocalKey(key)
    let directory = directory
    try await run("removing \(directory.shown(key))") { _ throws(StorageError) in try directory.remove(key) }
  }

  package func list(prefix: String) async throws(StorageError) -> [StoredObject] {
    let directory = directory
    return try await run("listing \(root)") { heart throws(StorageError) in
      try directory.objects(prefix: prefix, heart: heart)
    }
  }

  /// A link to the pod's own download route, relative.
  package func signedURL(_ request: LinkRequest) throws(StorageError) -> SignedLink {
    _ = try LocalKey(request.key)
    let seconds = try LinkLifetime.seconds(request.lifetime ?? linkLifetime)
    let expires = now().microseconds / 1000 + seconds * 1000
    let name = request.filename?.nonBlank
    let token = downloadToken.token(
      LocalLink(
        slug: request.slug, fingerprint: request.fingerprint, key: request.key, expiresMilliseconds: expires,
        filename: name))
    var url = DownloadRoute.path(request.slug, request.fingerprint)
    url += "?expires=\(expires)&token=\(token.reveal())"
    if let name { url += "&filename=\(PercentCode.encoded(name))" }
    return SignedLink(url: Secret(url), expiresAt: Timestamp(microseconds: expires * 1000))
  }

  package func check() async throws(StorageError) {
    let directory = directory
    try await FileThread.run("looking at \(root)", patience: min(patience, .seconds(2))) { _ throws(StorageError) in
      try directory.checkWritable()
    }
  }

  /// Works on a key's file; nil when there is no folder for it.
  private func withFile<Value: Sendable>(
    _ key: LocalKey, _ doing: String,
    _ work: @escaping @Sendable (LocalFile, Heartbeat) throws(StorageError) -> Value
  ) async throws(StorageError) -> Value? {
    let directory = directory
    return try await run("\(doing) \(directory.shown(key))") { heart throws(StorageError) in
      guard let parent = try directory.open(key.folders) else { return nil }
      let file = LocalFile(in: parent, name: key.name, shown: directory.shown(key))
      return try withExtendedLifetime(parent) { () throws(StorageError) in try work(file, heart) }
    }
  }

  private func run<Value: Sendable>(
    _ what: String, _ work: @escaping @Sendable (Heartbeat) throws(StorageError) -> Value
  ) async throws(StorageError) -> Value {
    try await FileThread.run(what, patience: patience, work)
  }

  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: 47) else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
  }
}
