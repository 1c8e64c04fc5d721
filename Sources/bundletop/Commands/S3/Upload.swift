internal import BundleModel
internal import Glibc
internal import ProcessControl
internal import S3

/// What became of storing one file.
struct Stored: Encodable, Sendable {
  var file: String
  var key: String
  /// Bytes.
  @Nullable var size: Int64?
  @Nullable var sha256: String?
  var seconds = 0.0
  @Nullable var error: String?
  /// For people only.
  private var place = ""

  private enum CodingKeys: CodingKey { case file, key, size, sha256, seconds, error }

  init(_ upload: Upload) {
    file = upload.file
    key = upload.location.key
    place = upload.location.description
  }

  /// One line for people.
  var text: String {
    if let error { return UntrustedText.line("\(file): \(error)") }
    let size = size.map { HumanText.size($0) } ?? "-"
    return UntrustedText.line(
      "\(place)  \(size) in \(HumanText.duration(.seconds(seconds)))  sha256 \(sha256 ?? "-")")
  }
}

/// One file on its way to one key.
struct Upload: Sendable {
  var file: String
  var location: S3Location

  /// The file's name, for people.
  var name: String { S3Location.baseName(file) }

  /// Bytes. Blocks.
  func size() throws(CommandFailure) -> Int64 {
    var facts = stat()
    guard stat(file, &facts) == 0 else { throw CommandFailure(.failed, "cannot read \(file): \(systemReason())") }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      throw CommandFailure(.failed, "cannot put \(file): not a regular file")
    }
    return Int64(facts.st_size)
  }

  /// Hashes, stores, compares, and removes what an earlier put of the same key left in parts.
  ///
  /// - Parameter isAlone: whatever goes wrong is thrown; else what is this file's own fault is returned.
  func run(
    _ client: S3Client, contentType: String, onlyIfAbsent: Bool, isAlone: Bool, progress: ByteProgress?
  ) async throws -> Stored {
    do {
      return try await store(client, contentType, onlyIfAbsent, progress)
    } catch let error as S3Error where !isAlone && error.concernsOneObject {
      var result = Stored(self)
      result.error = error.message
      return result
    }
  }

  private func store(
    _ client: S3Client, _ contentType: String, _ onlyIfAbsent: Bool, _ progress: ByteProgress?
  ) async throws -> Stored {
    let begin = ContinuousClock.now
    let (bucket, key) = (location.bucket, location.key)
    let startedAt = ThisProcess.now()
    if onlyIfAbsent { try await requireAbsence(client) }
    let (checksum, size) = try await client.uploadObject(
      bucket: bucket, key: key, file: file, contentType: contentType,
      condition: onlyIfAbsent ? .ifAbsent : .none, progress: progress)
    try await client.confirmObject(bucket: bucket, key: key, size: size, checksum: checksum)
    if size >= MultipartSettings().threshold { await removeLeftovers(client, before: startedAt) }
    var result = Stored(self)
    result.size = size
    result.sha256 = checksum.hex
    result.seconds = Download.rounded(.now - begin)
    return result
  }

  /// Not every server knows conditions, so it is also asked beforehand.
  private func requireAbsence(_ client: S3Client) async throws(S3Error) {
    do throws(S3Error) {
      _ = try await client.headObject(bucket: location.bucket, key: location.key)
    } catch {
      guard error.kind == .notFound else { throw error }
      return
    }
    throw S3Error(
      kind: .preconditionFailed, code: "ObjectExists", message: "\(location) is there already; nothing was stored")
  }

  /// A put that was killed leaves an upload in parts behind, which nobody sees and which takes room. The object is
  /// whole now, so what was begun for exactly this key before we began is of no use to anybody. Servers that cannot
  /// list uploads are left alone: this is tidiness, and the put has succeeded.
  private func removeLeftovers(_ client: S3Client, before moment: Timestamp) async {
    guard let uploads = try? await client.listUploads(bucket: location.bucket, prefix: location.key) else { return }
    for upload in uploads where upload.key.utf8.elementsEqual(location.key.utf8) {
      // Servers cut to seconds, and their clock may be a little behind.
      guard let initiated = upload.initiated, initiated < moment else { continue }
      try? await client.abortUpload(bucket: location.bucket, key: upload.key, uploadID: upload.uploadID)
    }
  }
}

extension S3Error {
  /// Whether other objects may fare better.
  var concernsOneObject: Bool {
    switch kind {
    case .notFound: code != "NoSuchBucket"
    case .integrity, .file, .invalidRequest, .preconditionFailed: true
    default: false
    }
  }
}
