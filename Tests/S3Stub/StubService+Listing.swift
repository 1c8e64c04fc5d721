internal import BundleModel

extension StubService {
  /// Both versions of the listing; version 2 with `list-type=2`.
  mutating func listObjects(_ place: StubPlace) throws(StubRefusal) -> StubResponse {
    _ = try bucket(place)
    let request = place.request
    let isSecond = request.parameter("list-type") == "2"
    let limit = min(try place.number("max-keys", 0...Int(Int32.max), default: 1000), 1000)
    let encodes = try encodes(request)
    let prefix = Array((request.parameter("prefix") ?? "").utf8)
    let delimiter = Array((request.parameter("delimiter") ?? "").utf8)
    var after = ObjectKey(request.parameter(isSecond ? "start-after" : "marker") ?? "")
    if isSecond, let token = request.parameter("continuation-token") {
      guard let bytes = ByteWords.bytes(base64: token), bytes.first == 1 else {
        throw StubRefusal(400, "InvalidArgument", "The continuation token provided is incorrect")
      }
      after = ObjectKey(Array(bytes.dropFirst()))
    }
    let keys = buckets[place.bucket]?.sortedKeys() ?? []
    var page = Page(after: after)
    for key in keys where key.bytes.starts(with: prefix) && key > after {
      guard page.take(key, prefix: prefix.count, delimiter: delimiter, limit: limit) else { break }
    }
    func show(_ bytes: [UInt8]) -> String { StubService.shown(bytes, encodes: encodes) }
    var entries = [StubXML("Name", place.bucket), StubXML("Prefix", show(prefix))]
    if !delimiter.isEmpty { entries.append(StubXML("Delimiter", show(delimiter))) }
    if encodes { entries.append(StubXML("EncodingType", "url")) }
    entries += [StubXML("MaxKeys", String(limit)), StubXML("IsTruncated", page.isTruncated ? "true" : "false")]
    if isSecond {
      entries.append(StubXML("KeyCount", String(page.keys.count + page.prefixes.count)))
      if page.isTruncated {
        entries.append(StubXML("NextContinuationToken", ByteWords.base64([1] + page.last.bytes)))
      }
    } else if page.isTruncated {
      entries.append(StubXML("NextMarker", show(page.last.bytes)))
    }
    for key in page.keys {
      guard let object = buckets[place.bucket]?[key] else { continue }
      entries.append(
        StubXML(
          "Contents",
          [
            StubXML("Key", show(key.bytes)), StubXML("LastModified", object.lastModified.iso8601),
            StubXML("ETag", "\"\(object.etag)\""), StubXML("Size", String(object.bytes.count)),
            StubXML("StorageClass", "STANDARD"),
          ]))
    }
    entries += page.prefixes.map { StubXML("CommonPrefixes", [StubXML("Prefix", show($0))]) }
    return document("ListBucketResult", entries)
  }

  private func encodes(_ request: StubRequest) throws(StubRefusal) -> Bool {
    guard let type = request.parameter("encoding-type") else { return false }
    guard type == "url" else { throw StubRefusal(400, "InvalidArgument", "Invalid Encoding Method specified") }
    return true
  }

  /// A key in a document: with `encoding-type=url` as AWS writes it, where a blank is a plus and a slash is bare.
  static func shown(_ bytes: [UInt8], encodes: Bool) -> String {
    guard encodes else { return String(decoding: bytes, as: UTF8.self) }
    let parts = bytes.split(separator: 32, omittingEmptySubsequences: false)
    let encoded = parts.map { ByteWords.encoded(Array($0), slash: true) }
    return String(decoding: Array(encoded.joined(separator: [43])), as: UTF8.self)
  }

  /// Uploads that are neither completed nor aborted, by key, then by identifier.
  func listUploads(_ place: StubPlace) throws(StubRefusal) -> StubResponse {
    let bucket = try bucket(place)
    let request = place.request
    let limit = min(try place.number("max-uploads", 1...Int(Int32.max), default: 1000), 1000)
    let encodes = try encodes(request)
    let prefix = Array((request.parameter("prefix") ?? "").utf8)
    let marker = (ObjectKey(request.parameter("key-marker") ?? ""), request.parameter("upload-id-marker") ?? "")
    typealias Entry = (key: ObjectKey, upload: StubUpload)
    func isBehindMarker(_ entry: Entry) -> Bool {
      if entry.key == marker.0 { return !marker.1.isEmpty && entry.upload.uploadID > marker.1 }
      return entry.key > marker.0
    }
    let all: [Entry] = bucket.uploads.values.map { (key: ObjectKey($0.key), upload: $0) }
      .filter { (entry: Entry) in entry.key.bytes.starts(with: prefix) && isBehindMarker(entry) }
      .sorted { (a: Entry, b: Entry) in a.key == b.key ? a.upload.uploadID < b.upload.uploadID : a.key < b.key }
    let page = all.prefix(limit)
    var entries = [
      StubXML("Bucket", place.bucket), StubXML("Prefix", StubService.shown(prefix, encodes: encodes)),
      StubXML("MaxUploads", String(limit)), StubXML("IsTruncated", page.count < all.count ? "true" : "false"),
    ]
    if encodes { entries.append(StubXML("EncodingType", "url")) }
    if page.count < all.count, let last = page.last {
      entries.append(StubXML("NextKeyMarker", StubService.shown(last.key.bytes, encodes: encodes)))
      entries.append(StubXML("NextUploadIdMarker", last.upload.uploadID))
    }
    entries += page.map {
      StubXML(
        "Upload",
        [
          StubXML("Key", StubService.shown($0.key.bytes, encodes: encodes)),
          StubXML("UploadId", $0.upload.uploadID), StubXML("Initiated", $0.upload.initiated.iso8601),
        ])
    }
    return document("ListMultipartUploadsResult", entries)
  }
}

/// One page under construction.
private struct Page {
  var keys: [ObjectKey] = []
  var prefixes: [[UInt8]] = []
  var isTruncated = false
  /// Where the next page begins: a key, or a common prefix, after all of whose keys it goes on.
  var last: ObjectKey
  private let after: ObjectKey

  init(after: ObjectKey) { (last, self.after) = (after, after) }

  /// False when the page is full.
  mutating func take(_ key: ObjectKey, prefix: Int, delimiter: [UInt8], limit: Int) -> Bool {
    var group: [UInt8]?
    if !delimiter.isEmpty {
      let rest = key.bytes.dropFirst(prefix)
      if let start = rest.indices.first(where: { rest[$0...].starts(with: delimiter) }) {
        group = Array(key.bytes[..<(start + delimiter.count)])
      }
    }
    // Its prefix was told on this page or, when the page begins behind it, on the last one.
    if let group, group == prefixes.last || after.bytes == group { return true }
    guard keys.count + prefixes.count < limit else {
      isTruncated = limit > 0
      return false
    }
    if let group { prefixes.append(group) } else { keys.append(key) }
    last = group.map { ObjectKey($0) } ?? key
    return true
  }
}
