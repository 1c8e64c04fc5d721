internal import BundleModel

extension StubService {
  /// What is kept of an upload's headers and answered with the object.
  private static let kept = [
    "cache-control", "content-disposition", "content-encoding", "content-language", "expires",
  ]

  mutating func putObject(_ place: StubPlace) throws(StubRefusal) -> StubResponse {
    let present = try bucket(place)[place.key]
    try Conditions.admitWrite(place.request, over: present)
    let object = try made(place)
    buckets[place.bucket]?[place.key] = object
    var headers = [("ETag", "\"\(object.etag)\"")]
    if let checksum = object.checksum { headers.append(("x-amz-checksum-sha256", checksum)) }
    return StubResponse(status: 200, headers: headers.map { (name: $0.0, value: $0.1) })
  }

  /// The object that a body and its headers make.
  func made(_ place: StubPlace) throws(StubRefusal) -> StubObject {
    let request = place.request
    return StubObject(
      bytes: request.body, etag: StubDigest.md5Hex(request.body),
      lastModified: place.now, contentType: request.header("content-type") ?? "binary/octet-stream",
      headers: try StubService.keptHeaders(request), checksum: request.header("x-amz-checksum-sha256"))
  }

  static func keptHeaders(_ request: StubRequest) throws(StubRefusal) -> [(name: String, value: String)] {
    let headers = request.headers.filter { $0.name.hasPrefix("x-amz-meta-") || kept.contains($0.name) }
    let size = headers.filter { $0.name.hasPrefix("x-amz-meta-") }.reduce(0) {
      $0 + $1.name.utf8.count - 11 + $1.value.utf8.count
    }
    guard size <= 2048 else { throw StubRefusal(400, "MetadataTooLarge") }
    return headers
  }

  /// GET and HEAD, whole or in a range.
  func getObject(_ place: StubPlace) throws(StubRefusal) -> StubResponse {
    guard let object = try bucket(place)[place.key] else { throw StubService.noSuchKey(place) }
    let request = place.request
    try Conditions.admitRead(request, of: object)
    var response = StubResponse(status: 200)
    response.set("Content-Type", object.contentType)
    response.set("ETag", "\"\(object.etag)\"")
    response.set("Last-Modified", object.lastModified.httpDate)
    response.set("Accept-Ranges", "bytes")
    for header in object.headers { response.headers.append(header) }
    for name in ["content-type"] + StubService.kept {
      if let value = request.parameter("response-" + name) { response.set(name, value) }
    }
    guard let range = try Conditions.range(request, size: object.bytes.count) else {
      response.body = object.bytes
      if request.header("x-amz-checksum-mode")?.uppercased() == "ENABLED", let checksum = object.checksum {
        response.set("x-amz-checksum-sha256", checksum)
        response.set("x-amz-checksum-type", checksum.contains("-") ? "COMPOSITE" : "FULL_OBJECT")
      }
      return response
    }
    response.status = 206
    response.set("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(object.bytes.count)")
    response.body = Array(object.bytes[range])
    return response
  }

  static func noSuchKey(_ place: StubPlace) -> StubRefusal {
    StubRefusal(404, "NoSuchKey", "The specified key does not exist.", details: [("Key", place.key.text)])
  }

  mutating func deleteObject(_ place: StubPlace) throws(StubRefusal) -> StubResponse {
    _ = try bucket(place)
    buckets[place.bucket]?[place.key] = nil
    return StubResponse(status: 204)
  }

  mutating func copyObject(_ place: StubPlace) throws(StubRefusal) -> StubResponse {
    let request = place.request
    var source = Array((request.header("x-amz-copy-source") ?? "").utf8)
    if source.first == 47 { source.removeFirst() }
    let (bucketPart, keyPart) = source.cut(at: 47)
    guard let name = ByteWords.decoded(bucketPart)?.text, let keyBytes = keyPart.flatMap(ByteWords.decoded),
      !keyBytes.isEmpty
    else { throw StubRefusal(400, "InvalidArgument", "Copy Source must mention the source bucket and key") }
    guard let from = buckets[name] else { throw StubRefusal(404, "NoSuchBucket") }
    guard var object = from[ObjectKey(keyBytes)] else { throw StubRefusal(404, "NoSuchKey") }
    try Conditions.admitCopy(request, of: object)
    try Conditions.admitWrite(request, over: try bucket(place)[place.key])
    let replaces = request.header("x-amz-metadata-directive")?.uppercased() == "REPLACE"
    guard replaces || name != place.bucket || keyBytes != place.key.bytes else {
      throw StubRefusal(400, "InvalidRequest", "This copy request is illegal because it changes nothing")
    }
    if replaces {
      object.headers = try StubService.keptHeaders(request)
      object.contentType = request.header("content-type") ?? "binary/octet-stream"
    }
    object.lastModified = place.now
    buckets[place.bucket]?[place.key] = object
    return document(
      "CopyObjectResult",
      [StubXML("ETag", "\"\(object.etag)\""), StubXML("LastModified", object.lastModified.iso8601)])
  }
}
