internal import BundleModel
internal import ProcessControl
internal import S3

/// What became of fetching one object.
struct Download: Encodable, Sendable {
  var key: String
  @Nullable var file: String?
  /// Bytes.
  @Nullable var size: Int64?
  @Nullable var sha256: String?
  /// Whether there was a SHA-256 to compare with, and it is this one.
  var verified = false
  var seconds = 0.0
  @Nullable var error: String?

  init(key: String, error: String? = nil) {
    self.key = key
    self.error = error
  }

  /// Fetches one object to a file.
  ///
  /// - Parameter syncsFolder: false for one of many, whose folders are synced at the end.
  static func fetch(
    _ location: S3Location, to file: String, syncsFolder: Bool = true, client: S3Client,
    progress: (@Sendable (Int64) -> Void)?
  ) async throws(S3Error) -> Download {
    let begin = ContinuousClock.now
    let (info, checksum) = try await client.getObject(
      bucket: location.bucket, key: location.key, file: file, syncsDirectory: syncsFolder, progress: progress)
    var result = Download(key: location.key)
    result.file = file
    result.size = info.size
    result.sha256 = checksum.hex
    result.verified = info.serverChecksum == checksum || info.notedChecksum == checksum
    result.seconds = Download.rounded(.now - begin)
    return result
  }

  /// Fetches one of many. What goes wrong with this one alone is told, and the others go on. The folders are left
  /// to `DownloadFolder.sync`.
  static func fetch(
    _ item: DownloadPlan.Item, of bucket: String, into folder: DownloadFolder, _ client: S3Client,
    _ progress: (@Sendable (Int64) -> Void)?
  ) async throws -> Download {
    do {
      let file = try await DetachedThread.value { () throws(DownloadPlan.Refusal) in try folder.file(item.path) }
      let location = S3Location(bucket: bucket, key: item.key)
      return try await fetch(location, to: file, syncsFolder: false, client: client, progress: progress)
    } catch let error as DownloadPlan.Refusal {
      return Download(key: item.key, error: "refused: \(error.reason)")
    } catch let error as S3Error {
      switch error.kind {
      case .notFound, .integrity, .file, .invalidRequest: return Download(key: item.key, error: error.message)
      default: throw error  // the others would fare no better
      }
    }
  }

  /// One line for people.
  var text: String {
    if let error { return UntrustedText.line("\(key): \(error)") }
    let size = size.map { HumanText.size($0) } ?? "-"
    let proof = verified ? "" : ", nothing to compare it with"
    return UntrustedText.line(
      "\(file ?? "-")  \(size) in \(HumanText.duration(.seconds(seconds)))  sha256 \(sha256 ?? "-")\(proof)")
  }

  /// Seconds, to the millisecond.
  static func rounded(_ span: Duration) -> Double { (span / .milliseconds(1)).rounded() / 1000 }
}
