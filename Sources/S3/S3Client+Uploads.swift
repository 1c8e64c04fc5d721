package import BundleModel
internal import HTTPTransport

/// An upload in parts that was begun and neither completed nor aborted: its parts take room and are in no listing.
package struct S3Upload: Equatable, Sendable {
  package var key: String
  package var uploadID: String
  package var initiated: Timestamp?

  package init(key: String, uploadID: String, initiated: Timestamp?) {
    self.key = key
    self.uploadID = uploadID
    self.initiated = initiated
  }
}

/// A part that a server holds of an upload.
package struct S3UploadedPart: Equatable, Sendable {
  /// From 1.
  package var number: Int
  /// Bytes.
  package var size: Int64
  /// Without quotes.
  package var etag: String
}

extension S3Client {
  /// Every unfinished upload whose key begins with `prefix`, all pages.
  ///
  /// - Parameter pageSize: at most 1,000.
  package func listUploads(
    bucket: String, prefix: String = "", pageSize: Int = 1000
  ) async throws(S3Error) -> [S3Upload] {
    var uploads: [S3Upload] = []
    var query: [(name: String, value: String)] = [
      ("uploads", ""), ("encoding-type", "url"), ("max-uploads", String(pageSize)),
    ]
    if !prefix.isEmpty { query.append(("prefix", prefix)) }
    var place: (key: String, upload: String)?
    while true {
      var call = S3Call(method: .get, operation: "LIST", bucket: bucket)
      call.query = query
      if let place { call.query += [("key-marker", place.key), ("upload-id-marker", place.upload)] }
      let response: HTTPResponse
      do throws(S3Error) {
        response = try await perform(call)
      } catch {
        // Some servers know no bucket here before its first upload; one that is there lets us look at it.
        guard error.kind == .notFound else { throw error }
        try await headBucket(bucket)
        return uploads
      }
      let page = try parsed(call, response) { (body) throws(XMLReader.Malformed) in try S3UploadPage(body) }
      uploads += page.uploads
      guard page.isTruncated else { return uploads }
      let next = (key: page.nextKey, upload: page.nextUpload)
      guard !next.key.isEmpty,
        place.map({ $0.key.utf8.elementsEqual(next.key.utf8) && $0.upload == next.upload }) != true
      else { throw standstill(call, response) }
      place = next
    }
  }

  /// Every part that the server holds of an upload, all pages.
  ///
  /// - Throws: `.notFound` when there is no such upload.
  package func listParts(
    bucket: String, key: String, uploadID: String, pageSize: Int = 1000
  ) async throws(S3Error) -> [S3UploadedPart] {
    var parts: [S3UploadedPart] = []
    var marker = 0
    while true {
      var call = S3Call(method: .get, operation: "LIST", bucket: bucket, key: key)
      call.query = [("uploadId", uploadID), ("max-parts", String(pageSize))]
      if marker > 0 { call.query.append(("part-number-marker", String(marker))) }
      let response = try await perform(call)
      let page = try parsed(call, response) { (body) throws(XMLReader.Malformed) in try S3PartPage(body) }
      parts += page.parts
      guard page.isTruncated else { return parts }
      guard page.next > marker else { throw standstill(call, response) }
      marker = page.next
    }
  }

  /// Throws an unfinished upload and its parts away; one that is not there is fine.
  package func abortUpload(
    bucket: String, key: String, uploadID: String, limits: CallLimits? = nil
  ) async throws(S3Error) {
    var call = S3Call(method: .delete, operation: "ABORT", bucket: bucket, key: key, limits: limits)
    call.query = [("uploadId", uploadID)]
    do throws(S3Error) {
      _ = try await perform(call)
    } catch {
      guard error.kind == .notFound, error.code != "NoSuchBucket" else { throw error }
    }
  }

  /// What a page says; an answer that is no such page is the server's error.
  func parsed<Page>(
    _ call: S3Call, _ response: HTTPResponse, _ read: ([UInt8]) throws(XMLReader.Malformed) -> Page
  ) throws(S3Error) -> Page {
    do throws(XMLReader.Malformed) {
      return try read(response.body)
    } catch {
      throw call.subject(endpoint).error(
        .serverError, status: response.status, code: "MalformedAnswer",
        "the answer is not what was asked for (byte \(error.offset))")
    }
  }

  /// For pages that announce more but not where.
  func standstill(_ call: S3Call, _ response: HTTPResponse) -> S3Error {
    call.subject(endpoint).error(
      .serverError, status: response.status, code: "MalformedAnswer", "the listing does not go on")
  }
}
