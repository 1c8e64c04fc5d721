internal import BundleModel
internal import HTTPTransport
internal import Hashing
internal import ProcessControl

/// One upload in parts, from its creation to its completion or its abortion.
///
/// Every part is read twice: once in order, to know its SHA-256 (which is signed) and the whole file's, and once
/// while it leaves. No part is ever held in memory.
struct MultipartUpload: Sendable {
  let client: S3Client
  let bucket: String
  let key: String
  let file: String
  let size: Int64
  let checksum: Checksum
  let contentType: String
  let condition: PutCondition
  /// Tells a conditional upload of ours from everybody else's.
  let word = WriteMark.random()

  init(
    client: S3Client, bucket: String, key: String, file: String, size: Int64, checksum: Checksum,
    contentType: String, condition: PutCondition
  ) {
    self.client = client
    self.bucket = bucket
    self.key = key
    self.file = file
    self.size = size
    self.checksum = checksum
    self.contentType = contentType
    self.condition = condition
  }

  /// What the server has begun.
  struct Begun: Sendable {
    var uploadID: String
    /// The server keeps a SHA-256 with every part.
    var keepsChecksums: Bool
    /// It said so, and so wants them again at the end.
    var wantsChecksums: Bool
  }

  /// Sends everything; the object's ETag without quotes.
  func run(_ parts: [FilePart], parallel: Int, progress: ByteProgress?) async throws(S3Error) -> String? {
    let hasher: FileHasher
    do throws(TransportError) {
      hasher = try FileHasher(file, size: size)
    } catch {
      throw S3Error(error, subject)
    }
    // The answer is waited for even when the caller has given up: without the id nobody could abort the upload.
    let begun = try await client.shielded(grace: .seconds(3)) { () throws(S3Error) in try await begin() }
    do throws(S3Error) {
      let sent = try await send(parts, parallel: parallel, begun, hasher, PartProgress(parts.count, progress))
      return try await complete(sent, begun)
    } catch {
      await abort(begun.uploadID)
      throw error
    }
  }

  // MARK: Parts

  private func send(
    _ parts: [FilePart], parallel: Int, _ begun: Begun, _ hasher: FileHasher, _ progress: PartProgress
  ) async throws(S3Error) -> [SentPart] {
    typealias Outcome = Result<SentPart, S3Error>
    let result = await withTaskGroup(of: Outcome.self, returning: Result<[SentPart], S3Error>.self) { group in
      var sent: [SentPart] = []
      var running = 0
      var failure: S3Error?
      func take(_ outcome: Outcome?) {
        running -= 1
        switch outcome {
        case .success(let part)?: sent.append(part)
        case .failure(let error)?: failure = failure ?? error
        case nil: break
        }
      }
      for part in parts where failure == nil {
        do throws(S3Error) {
          let digest = try await hash(part, hasher)
          if part.number == parts.count { try compareWhole(hasher) }
          while running >= parallel, failure == nil { take(await group.next()) }
          guard failure == nil else { break }
          group.addTask { await outcome(part, digest, begun, progress) }
          running += 1
        } catch {
          failure = failure ?? error
        }
      }
      while running > 0 {
        if failure != nil { group.cancelAll() }
        take(await group.next())
      }
      return failure.map { .failure($0) } ?? .success(sent.sorted { $0.number < $1.number })
    }
    return try result.get()
  }

  private func hash(_ part: FilePart, _ hasher: FileHasher) async throws(S3Error) -> Checksum {
    do throws(TransportError) {
      return try await BlockingThread.runCancellable { (cancel) throws(TransportError) in
        try hasher.next(part.size, cancel: cancel)
      }
    } catch {
      throw S3Error(error, subject)
    }
  }

  /// Before the last part leaves: without it the parts cannot become an object.
  private func compareWhole(_ hasher: FileHasher) throws(S3Error) {
    guard hasher.finish() != checksum else { return }
    throw subject.error(.integrity, code: "BodyChanged", "\(file) does not have the SHA-256 \(checksum)")
  }

  private func outcome(
    _ part: FilePart, _ digest: Checksum, _ begun: Begun, _ progress: PartProgress
  ) async -> Result<SentPart, S3Error> {
    do throws(S3Error) {
      return .success(try await send(part, digest, begun, progress))
    } catch {
      return .failure(error)
    }
  }

  private func send(
    _ part: FilePart, _ digest: Checksum, _ begun: Begun, _ progress: PartProgress
  ) async throws(S3Error) -> SentPart {
    let piece = FilePiece(
      path: file, offset: part.offset, size: part.size, fileSize: size, checksum: digest,
      progress: { progress.take($0, part: part.number) })
    var call = S3Call(method: .put, operation: "PUT", bucket: bucket, key: key, body: .source(piece))
    call.query = [("partNumber", String(part.number)), ("uploadId", begun.uploadID)]
    call.payloadHash = digest.hex
    if begun.keepsChecksums {
      call.headers = [HTTPHeader("x-amz-checksum-sha256", ByteEncoding.base64(digest.digest))]
    }
    let response = try await client.perform(call)
    guard let etag = response.headers["etag"], !etag.isEmpty else {
      throw malformed("part \(part.number) was taken without an ETag", response.status)
    }
    return SentPart(number: part.number, etag: etag, checksum: digest.digest)
  }

  // MARK: End

  private func complete(_ parts: [SentPart], _ begun: Begun) async throws(S3Error) -> String? {
    let document = S3Documents.completion(parts, withChecksums: begun.wantsChecksums)
    var call = S3Call(method: .post, operation: "PUT", bucket: bucket, key: key, body: .bytes(document))
    call.query = [("uploadId", begun.uploadID)]
    call.headers = [HTTPHeader("Content-Type", "application/xml")] + condition.headers
    call.payloadHash = ByteEncoding.hex(SHA256.digest(of: document))
    // Servers put the parts together before they answer: none is expected to do less than 32 MiB a second.
    var limits = client.limits
    limits.response += .seconds(size >> 25)
    limits.total += .seconds(size >> 25)
    call.limits = limits
    do throws(S3Error) {
      let response = try await client.perform(call)
      guard let completed = S3CompletedUpload(response.body) else {
        throw malformed("the answer to the end of an upload is none", response.status)
      }
      if let theirs = completed.checksum, theirs.hasSuffix("-\(parts.count)"), theirs != composite(parts) {
        throw subject.error(
          .integrity, code: "ChecksumMismatch", "the server put together other bytes than were sent")
      }
      return completed.etag
    } catch {
      // A Complete that won may have lost its answer; what comes then is a broken connection or NoSuchUpload.
      guard error.kind != .integrity, error.kind != .cancelled, await isStored() else { throw error }
      return nil
    }
  }

  /// The SHA-256 of the parts' SHA-256s, as servers tell it of an object in parts.
  private func composite(_ parts: [SentPart]) -> String {
    ByteEncoding.base64(SHA256.digest(of: parts.flatMap(\.checksum))) + "-\(parts.count)"
  }

  /// True when the object is there and is ours.
  private func isStored() async -> Bool {
    let call = S3Call(method: .head, operation: "HEAD", bucket: bucket, key: key)
    guard let response = try? await client.perform(call) else { return false }
    let info = S3ObjectInfo(response)
    if condition != .none, response.headers[WriteMark.field] != word { return false }
    guard info.size == size else { return false }
    if let noted = info.notedChecksum { return noted == checksum }
    let read = try? await client.hashObject(bucket: bucket, key: key)
    return read?.checksum == checksum
  }

  /// Best effort, and on its own clock: the caller may have been cancelled, and must not wait for long.
  private func abort(_ uploadID: String) async {
    let work = Task {
      try? await client.abortUpload(bucket: bucket, key: key, uploadID: uploadID, limits: .cleanUp)
    }
    await work.value
  }

  var subject: S3Subject {
    S3Subject(operation: "PUT", endpoint: client.endpoint, bucket: bucket, key: key)
  }

  func malformed(_ what: String, _ status: Int) -> S3Error {
    subject.error(.serverError, status: status, code: "MalformedAnswer", what)
  }
}

extension CallLimits {
  /// For what must be tried once more before giving up: two tries, ten seconds.
  static let cleanUp = CallLimits(
    connect: .seconds(3), response: .seconds(5), stall: .seconds(5), total: .seconds(5),
    retry: RetryPolicy(maxAttempts: 2, budget: .seconds(5)))
}
