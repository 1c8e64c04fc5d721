package import BundleModel

/// Where archives are kept: an S3 bucket or a directory. Objects are immutable: nothing here ever puts other bytes
/// over a key, unless the layout says so, and then the earlier ones are kept.
///
/// Every call has its own deadline and ends at once when its task is cancelled. Keys are whole, prefix included, as
/// they stand in `example_bundle_artifacts.storage_key`.
package protocol ArtifactStore: Sendable {
  var kind: StorageKind { get }

  /// What tells this store from another, fit to be published: endpoint, bucket and prefix, or the directory.
  var identity: String { get }

  /// Why more than one pod must not share this store as it is set up, in one line; nil when they may.
  var sharingProblem: String? { get }

  /// What every key made by `key(...)` begins with, without slashes at its ends; may be empty.
  var prefix: String { get }

  /// Which keys `key(...)` makes.
  var layout: ArtifactLayout { get }

  /// How long a signed link lives unless asked otherwise.
  var linkLifetime: Duration { get }

  /// `s3://bucket/key` or `local://key`.
  func storageURL(_ key: String) -> String

  /// Stores a file under a key and looks at what arrived.
  ///
  /// When the key holds the same bytes already, nothing is sent.
  ///
  /// - Throws: `.conflict` when it holds others (with the layout `byChecksum`); `.integrity` when the file is not what `checksum` and `size` say.
  func put(
    file: String, key: String, checksum: Checksum, size: Int64, contentType: String,
    progress: (@Sendable (_ bytes: Int64) -> Void)?
  ) async throws(StorageError) -> PutOutcome

  /// What the store says of a key. Only a clear "no such object" is `.missing`; all else throws.
  func inspect(_ key: String) async throws(StorageError) -> ObjectState

  /// Compares an object with what is recorded of it.
  ///
  /// - Parameter deep: read and hash the bytes. Done anyway when the store has no checksum to compare.
  func verify(_ key: String, size: Int64?, checksum: Checksum, deep: Bool) async throws(StorageError)
    -> Verification

  /// Reads an object to its end and keeps what tells it from others; nil when there is no such object.
  func content(_ key: String) async throws(StorageError) -> ObjectContent?

  /// Copies an object to a file, which appears under its name only whole and equal to `checksum`.
  func fetch(_ key: String, file: String, checksum: Checksum) async throws(StorageError)

  /// Reads a part of an object into memory, all of it or nothing.
  ///
  /// - Parameter range: not empty, 16 MiB at most, within the object.
  func read(_ key: String, range: Range<Int64>) async throws(StorageError) -> ObjectPiece

  /// Removes an object; one that is not there is fine.
  func delete(_ key: String) async throws(StorageError)

  /// Every object whose key begins with `prefix` (which is not added to the store's own).
  func list(prefix: String) async throws(StorageError) -> [StoredObject]

  /// Every upload in parts whose key begins with `prefix` that was begun and neither completed nor thrown away.
  func unfinishedUploads(prefix: String) async throws(StorageError) -> [UnfinishedUpload]

  /// Throws an unfinished upload and its parts away; one that is not there is fine.
  func abort(_ upload: UnfinishedUpload) async throws(StorageError)

  /// Signs a link to one object. Signs locally, contacts nobody.
  func signedURL(_ request: LinkRequest) throws(StorageError) -> SignedLink

  /// What checks the tokens of signed links that lead to the pods themselves; nil where links lead to the store.
  var routeTokens: LocalDownloadToken? { get }

  /// Whether the store answers and lets us in; a few seconds at most.
  func check() async throws(StorageError)
}

/// What a put did.
package enum PutOutcome: Sendable, Equatable {
  /// The bytes were sent.
  case created
  /// They were there already.
  case identical
}

/// What a store says of a key.
package enum ObjectState: Sendable, Equatable {
  /// Size in bytes; a checksum only where the store has one that covers the whole object.
  case present(size: Int64, checksum: Checksum?)
  case missing
}

/// One object of a listing.
package struct StoredObject: Sendable, Equatable {
  package var key: String
  /// Bytes.
  package var size: Int64
  package var lastModified: Timestamp?

  package init(key: String, size: Int64, lastModified: Timestamp? = nil) {
    self.key = key
    self.size = size
    self.lastModified = lastModified
  }
}

/// An upload in parts that was begun: its parts take room and are in no listing of objects.
package struct UnfinishedUpload: Sendable, Equatable {
  package var key: String
  package var id: String
  package var begun: Timestamp?

  package init(key: String, id: String, begun: Timestamp?) {
    self.key = key
    self.id = id
    self.begun = begun
  }
}

extension ArtifactStore {
  package var layout: ArtifactLayout { .byChecksum }
  package var sharingProblem: String? { nil }
  package var routeTokens: LocalDownloadToken? { nil }

  /// None: only buckets take uploads in parts.
  package func unfinishedUploads(prefix: String) async throws(StorageError) -> [UnfinishedUpload] { [] }
  package func abort(_ upload: UnfinishedUpload) async throws(StorageError) {}

  /// The key under which an archive of ours is kept in this store.
  package func key(
    slug: Slug, fingerprint: Fingerprint, checksum: Checksum, filename: String?
  ) -> String {
    switch layout {
    case .byChecksum:
      ArtifactKey.ours(
        prefix: prefix, slug: slug, fingerprint: fingerprint, checksum: checksum, filename: filename)
    case .appHub:
      ArtifactKey.legacy(prefix: prefix, slug: slug, fingerprint: fingerprint, filename: filename)
    }
  }
}
