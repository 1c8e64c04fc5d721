internal import BundleModel
internal import Hashing

extension StubService {
  mutating func createUpload(_ place: StubPlace) throws(StubRefusal) -> StubResponse {
    _ = try bucket(place)
    let request = place.request
    let algorithm = request.header("x-amz-checksum-algorithm")
    guard algorithm == nil || algorithm == "SHA256" else {
      throw StubRefusal(501, "NotImplemented", "only SHA-256 checksums are spoken here")
    }
    guard request.header("x-amz-checksum-type").map({ $0 == "COMPOSITE" }) ?? true else {
      throw StubRefusal(
        400, "InvalidRequest", "The FULL_OBJECT checksum type cannot be used with the sha256 checksum")
    }
    let serial = nextSerial()
    let id = "upload-\(serial)-\(ByteWords.hex(SHA256.digest(of: "\(serial) \(place.key.text)")).prefix(16))"
    buckets[place.bucket]?.uploads[id] = StubUpload(
      key: place.key.text, uploadID: id, initiated: place.now,
      contentType: request.header("content-type") ?? "binary/octet-stream",
      headers: try StubService.keptHeaders(request), usesChecksums: algorithm != nil)
    var response = document(
      "InitiateMultipartUploadResult",
      [StubXML("Bucket", place.bucket), StubXML("Key", place.key.text), StubXML("UploadId", id)])
    if let algorithm {
      response.set("x-amz-checksum-algorithm", algorithm)
      response.set("x-amz-checksum-type", "COMPOSITE")
    }
    return response
  }

  private func upload(_ place: StubPlace) throws(StubRefusal) -> StubUpload {
    let id = place.request.parameter("uploadId") ?? ""
    guard let upload = try bucket(place).uploads[id], upload.key.utf8.elementsEqual(place.key.bytes) else {
      throw StubRefusal(
        404, "NoSuchUpload", "The specified upload does not exist. It may have been aborted or completed.",
        details: [("UploadId", id)])
    }
    return upload
  }

  mutating func uploadPart(_ place: StubPlace) throws(StubRefusal) -> StubResponse {
    let upload = try upload(place)
    let number = try place.number("partNumber", 1...10_000, default: 0)
    guard number > 0 else { throw StubRefusal(400, "InvalidArgument", "Part number must be from 1 to 10000") }
    let part = try made(place)
    guard !upload.usesChecksums || part.checksum != nil else {
      throw StubRefusal(400, "InvalidRequest", "The upload was created using a sha256 checksum; the part has none.")
    }
    buckets[place.bucket]?.uploads[upload.uploadID]?.parts[number] = part
    var response = StubResponse(status: 200, headers: [("ETag", "\"\(part.etag)\"")])
    if let checksum = part.checksum { response.set("x-amz-checksum-sha256", checksum) }
    return response
  }

  func listParts(_ place: StubPlace) throws(StubRefusal) -> StubResponse {
    let upload = try upload(place)
    let limit = min(try place.number("max-parts", 1...Int(Int32.max), default: 1000), 1000)
    let marker = try place.number("part-number-marker", 0...10_000, default: 0)
    let all = upload.parts.filter { $0.key > marker }.sorted { $0.key < $1.key }
    let page = all.prefix(limit)
    var entries = [
      StubXML("Bucket", place.bucket), StubXML("Key", place.key.text), StubXML("UploadId", upload.uploadID),
      StubXML("MaxParts", String(limit)), StubXML("IsTruncated", page.count < all.count ? "true" : "false"),
    ]
    if let last = page.last { entries.append(StubXML("NextPartNumberMarker", String(last.key))) }
    entries += page.map { number, part in
      StubXML(
        "Part",
        [
          StubXML("PartNumber", String(number)), StubXML("LastModified", part.lastModified.iso8601),
          StubXML("ETag", "\"\(part.etag)\""), StubXML("Size", String(part.bytes.count)),
        ] + (part.checksum.map { [StubXML("ChecksumSHA256", $0)] } ?? []))
    }
    return document("ListPartsResult", entries)
  }

  mutating func completeUpload(_ place: StubPlace) throws(StubRefusal) -> StubResponse {
    let upload = try upload(place)
    guard let document = StubXML.parse(place.request.body), document.name == "CompleteMultipartUpload",
      !document.children.isEmpty, document.children.allSatisfy({ $0.name == "Part" })
    else { throw StubRefusal(400, "MalformedXML", "The XML you provided was not well-formed.") }
    try Conditions.admitWrite(place.request, over: try bucket(place)[place.key])
    var parts: [StubObject] = []
    var previous = 0
    for element in document.children {
      guard let number = element["PartNumber"].flatMap({ Int($0.content) }), let etag = element["ETag"]?.content
      else {
        throw StubRefusal(400, "MalformedXML", "a part has no number or no ETag")
      }
      guard number > previous else {
        throw StubRefusal(400, "InvalidPartOrder", "The list of parts was not in ascending order.")
      }
      previous = number
      let named = element["ChecksumSHA256"]?.content
      guard let part = upload.parts[number], part.etag == etag.filter({ $0 != "\"" }),
        named.map({ $0 == part.checksum }) ?? !upload.usesChecksums
      else {
        throw StubRefusal(
          400, "InvalidPart", "One or more of the specified parts could not be found.",
          details: [("PartNumber", String(number))])
      }
      parts.append(part)
    }
    guard parts.dropLast().allSatisfy({ $0.bytes.count >= settings.minimumPartSize }) else {
      throw StubRefusal(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
    }
    let object = joined(parts, of: upload, at: place.now)
    buckets[place.bucket]?[place.key] = object
    buckets[place.bucket]?.uploads[upload.uploadID] = nil
    return self.document(
      "CompleteMultipartUploadResult",
      [
        StubXML("Location", "http://stub/"), StubXML("Bucket", place.bucket), StubXML("Key", place.key.text),
        StubXML("ETag", "\"\(object.etag)\""),
      ] + (object.checksum.map { [StubXML("ChecksumSHA256", $0)] } ?? []))
  }

  /// AWS's composites: the hash of the parts' hashes, and how many there are.
  private func joined(_ parts: [StubObject], of upload: StubUpload, at now: Timestamp) -> StubObject {
    let tags = parts.flatMap { Array($0.etag.utf8) }
    let digests = parts.compactMap { $0.checksum.flatMap { ByteWords.bytes(base64: $0) } }
    let composite = ByteWords.base64(SHA256.digest(of: Array(digests.joined())))
    return StubObject(
      bytes: Array(parts.map(\.bytes).joined()), etag: "\(StubDigest.md5Hex(tags))-\(parts.count)",
      lastModified: now, contentType: upload.contentType, headers: upload.headers,
      checksum: upload.usesChecksums && digests.count == parts.count ? "\(composite)-\(parts.count)" : nil)
  }

  mutating func abortUpload(_ place: StubPlace) throws(StubRefusal) -> StubResponse {
    let upload = try upload(place)
    buckets[place.bucket]?.uploads[upload.uploadID] = nil
    return StubResponse(status: 204)
  }
}
