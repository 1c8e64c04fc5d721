internal import BundleModel
internal import HTTPTransport

extension MultipartUpload {
  /// Has the server begin an upload. One whose answer was lost is looked for afterwards and aborted, because nobody
  /// would ever do so by its id.
  func begin() async throws(S3Error) -> Begun {
    let started = client.signingMoment
    var isDoubtful = false
    do throws(S3Error) {
      let begun: Begun
      do throws(S3Error) {
        begun = try await begin(checksums: true, &isDoubtful)
      } catch {
        // Servers that know no checksums: some say 400, some 501.
        guard error.kind == .invalidRequest || error.status == 501 else { throw error }
        begun = try await begin(checksums: false, &isDoubtful)
      }
      if isDoubtful { await abortLost(since: started, keeping: begun.uploadID) }
      return begun
    } catch {
      if isDoubtful { await abortLost(since: started, keeping: nil) }
      throw error
    }
  }

  /// Tries one by one, to know whether any may have begun an upload that nobody heard of.
  private func begin(checksums: Bool, _ isDoubtful: inout Bool) async throws(S3Error) -> Begun {
    var limits = client.limits
    limits.retry = .never
    var failure = RetryPolicy.Failure(attempt: 1, kind: .cancelled)
    let start = ContinuousClock.now
    while true {
      do throws(S3Error) {
        return try await beginOnce(checksums: checksums, limits: limits)
      } catch {
        isDoubtful = isDoubtful || [.timeout, .transport, .serverError, .cancelled].contains(error.kind)
        failure.kind = error.kind
        failure.elapsed = .now - start
        guard case .retry(let delay) = client.limits.retry.decide(failure, random: .random(in: 0..<1)) else {
          throw error
        }
        await client.pause(for: delay)
        guard !Task.isCancelled else { throw subject.error(.cancelled, code: "Cancelled", "cancelled") }
        failure.attempt += 1
        failure.lastDelay = delay
      }
    }
  }

  private func beginOnce(checksums: Bool, limits: CallLimits) async throws(S3Error) -> Begun {
    var call = S3Call(method: .post, operation: "PUT", bucket: bucket, key: key, body: .bytes([]), limits: limits)
    call.query = [("uploads", "")]
    call.headers = [HTTPHeader("Content-Type", contentType), HTTPHeader("x-amz-meta-sha256", checksum.hex)]
    if checksums { call.headers.append(HTTPHeader("x-amz-checksum-algorithm", "SHA256")) }
    if condition != .none { call.headers.append(HTTPHeader(WriteMark.field, word)) }
    let response = try await client.perform(call)
    guard let uploadID = S3CreatedUpload(response.body)?.uploadID else {
      throw malformed("the answer to the beginning of an upload names no upload", response.status)
    }
    return Begun(
      uploadID: uploadID, keepsChecksums: checksums,
      wantsChecksums: checksums && response.headers["x-amz-checksum-algorithm"]?.uppercased() == "SHA256")
  }

  /// Best effort. Somebody else's upload of the same key that has begun this moment and has no part yet cannot be
  /// told from ours; he begins anew (`uploadObject`).
  private func abortLost(since started: Timestamp, keeping uploadID: String?) async {
    let work = Task {
      for upload in (try? await client.listUploads(bucket: bucket, prefix: key)) ?? [] {
        guard upload.key.utf8.elementsEqual(key.utf8), upload.uploadID != uploadID,
          let initiated = upload.initiated, initiated.since(started) > .seconds(-5),
          let parts = try? await client.listParts(bucket: bucket, key: key, uploadID: upload.uploadID),
          parts.isEmpty
        else { continue }
        try? await client.abortUpload(bucket: bucket, key: key, uploadID: upload.uploadID, limits: .cleanUp)
      }
    }
    await work.value
  }
}
