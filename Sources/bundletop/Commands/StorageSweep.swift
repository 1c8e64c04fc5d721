internal import BundleModel
internal import ProcessControl
internal import S3

/// Uploads in parts that were begun and will not be finished: they take room, and no listing of objects shows them.
///
/// ListMultipartUploads tells key and beginning and nothing of who began it, so an upload of a live pod must be told
/// from a stray one by these two:
///
/// - Its object is there and newer than the upload: whoever was killed has put it again, or somebody else stored the
///   same content (keys of archives name their content). Nobody needs the upload; should somebody still be at it, its
///   Complete finds the object there, equal to its own. Stray at any age, so that kill, put again, sweep leaves none.
///   HEAD tells whole seconds, cut: what began in the same second is left for the next sweep.
/// - It was begun longer ago than `olderThan`. The default of 15 minutes is far above what an archive takes; who
///   sends more than that at a time asks for more.
struct StorageSweep: Sendable {
  let client: S3Client
  let bucket: String
  /// Without a slash at its end; empty for the whole bucket.
  let prefix: String
  let olderThan: Duration
  /// What the server's clock is ahead of ours.
  let clockOffset: Duration

  /// What is to be thought of one upload.
  enum Verdict: String {
    case superseded, old, running

    var isStray: Bool { self != .running }

    var text: String {
      switch self {
      case .superseded: "its object is there and newer"
      case .old: "nobody will finish it"
      case .running: "may still be running"
      }
    }
  }

  /// - Parameters:
  ///   - object: when the object under its key was last modified; nil when there is none.
  ///   - now: the server's clock.
  static func verdict(
    _ upload: S3Upload, object: Timestamp?, now: Timestamp, olderThan: Duration
  ) -> Verdict {
    guard let initiated = upload.initiated else { return olderThan == .zero ? .old : .running }
    if let object, initiated < object { return .superseded }
    return now.since(initiated) >= olderThan ? .old : .running
  }

  private struct Found {
    var upload: S3Upload
    var verdict: Verdict
  }

  private func look() async throws(S3Error) -> [Found] {
    var found: [Found] = []
    let now = ThisProcess.now().advanced(by: clockOffset)
    for upload in try await client.listUploads(bucket: bucket, prefix: prefix.isEmpty ? "" : prefix + "/") {
      var modified: Timestamp?
      do throws(S3Error) {
        modified = try await client.headObject(bucket: bucket, key: upload.key).lastModified
      } catch {
        guard error.kind == .notFound else { throw error }
      }
      found.append(
        Found(
          upload: upload,
          verdict: StorageSweep.verdict(upload, object: modified, now: now, olderThan: olderThan)))
    }
    return found
  }

  /// One line of the doctor's table.
  func capability() async throws(S3Error) -> Capability {
    do throws(S3Error) {
      let found = try await look()
      let strays = found.count { $0.verdict.isStray }
      let running = found.count - strays
      return Capability(
        .noStrayUploads, strays == 0 ? .yes : .no,
        "\(strays) stray, \(running) that may still be running")
    } catch {
      guard error.kind != .cancelled else { throw error }
      return Capability(.noStrayUploads, .unknown, "uploads cannot be listed: \(error.code)")
    }
  }

  private struct Item: Encodable {
    var key: String
    @Nullable var initiated: String?
    var verdict: String
    var aborted: Bool
    @Nullable var error: String?
  }

  private struct Answer: Encodable {
    var bucket: String
    var dryRun: Bool
    var uploads: [Item]
    /// What a doctor that was killed left behind.
    var removed: [String]
  }

  /// Aborts what is stray, and prints all that there is.
  ///
  /// - Throws: status 2 when something could not be aborted.
  func run(dryRun: Bool, json: Bool) async throws {
    var items: [Item] = []
    for one in try await look() {
      var item = Item(key: one.upload.key, verdict: one.verdict.rawValue, aborted: false)
      item.initiated = one.upload.initiated?.iso8601
      if one.verdict.isStray, !dryRun {
        do throws(S3Error) {
          try await client.abortUpload(bucket: bucket, key: one.upload.key, uploadID: one.upload.uploadID)
          item.aborted = true
        } catch {
          guard error.kind != .cancelled else { throw error }
          item.error = error.message
        }
      }
      items.append(item)
      if !json { writeLine(StorageSweep.line(item, one.verdict, bucket, dryRun: dryRun)) }
    }
    let removed = try await removeProbes(dryRun: dryRun)
    if json {
      writeLine(
        try JSONText.document(Answer(bucket: bucket, dryRun: dryRun, uploads: items, removed: removed)))
    } else {
      for key in removed {
        writeLine(
          UntrustedText.line("s3://\(bucket)/\(key): \(dryRun ? "would be removed" : "removed"), of a doctor"))
      }
      let strays = items.count { $0.verdict != Verdict.running.rawValue }
      writeLine(
        dryRun
          ? "\(strays) would be aborted, \(items.count - strays) may still be running"
          : "\(items.count { $0.aborted }) aborted, \(items.count - strays) may still be running")
    }
    guard items.allSatisfy({ $0.error == nil }) else { throw CommandFailure(.partly, nil) }
  }

  private static func line(_ item: Item, _ verdict: Verdict, _ bucket: String, dryRun: Bool) -> String {
    let what =
      item.error.map { "could not be aborted: \($0)" }
      ?? (item.aborted ? "aborted" : verdict.isStray && dryRun ? "would be aborted" : "left alone")
    return UntrustedText.line(
      "s3://\(bucket)/\(item.key), begun \(item.initiated ?? "at an unknown time"): \(verdict.text): \(what)")
  }

  /// Objects of doctors that were killed before they could tidy up.
  private func removeProbes(dryRun: Bool) async throws(S3Error) -> [String] {
    let now = ThisProcess.now().advanced(by: clockOffset)
    let place = (prefix.isEmpty ? "" : prefix + "/") + CapabilityProbe.folder
    var removed: [String] = []
    for object in try await client.listObjects(bucket: bucket, prefix: place) {
      guard let modified = object.lastModified, now.since(modified) >= olderThan else { continue }
      if !dryRun { try await client.deleteObject(bucket: bucket, key: object.key) }
      removed.append(object.key)
    }
    return removed
  }
}
