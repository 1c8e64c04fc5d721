internal import BundleModel

/// The answer to CreateMultipartUpload.
struct S3CreatedUpload: Equatable {
  var uploadID = ""

  /// Nil unless it names an upload.
  init?(_ bytes: [UInt8]) {
    var id = ""
    // rclone leaves the second half of the name out.
    for root in ["InitiateMultipartUploadResult", "InitiateMultipartUpload"] where id.isEmpty {
      let isRead = try? XMLWalk.read(bytes, root: root) { path, text in
        if path == ["UploadId"] { id += text }
      }
      if isRead == nil { return nil }
    }
    guard !id.isEmpty else { return nil }
    uploadID = id
  }
}

/// The answer to CompleteMultipartUpload.
struct S3CompletedUpload: Equatable {
  /// Without quotes.
  var etag: String?
  /// Base64, `-` and the number of parts.
  var checksum: String?

  /// Nil unless it is one.
  init?(_ bytes: [UInt8]) {
    var tag = ""
    var sum = ""
    let isRead = try? XMLWalk.read(bytes, root: "CompleteMultipartUploadResult") { path, text in
      if path == ["ETag"] { tag += text }
      if path == ["ChecksumSHA256"] { sum += text }
    }
    guard isRead == true else { return nil }
    tag.removeAll { $0 == "\"" }
    etag = tag.isEmpty ? nil : tag
    checksum = sum.isEmpty ? nil : sum
  }
}

/// One page of ListMultipartUploads.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html
struct S3UploadPage: Equatable {
  var uploads: [S3Upload] = []
  var isTruncated = false
  var nextKey = ""
  var nextUpload = ""

  init(_ bytes: [UInt8]) throws(XMLReader.Malformed) {
    var row = (key: "", id: "", initiated: "")
    var rows: [(key: String, id: String, initiated: String)] = []
    var isURLEncoded = false
    let isRead = try XMLWalk.read(bytes, root: "ListMultipartUploadsResult") { path, text in
      switch path {
      case ["EncodingType"]: isURLEncoded = text == "url"
      case ["IsTruncated"]: isTruncated = text == "true"
      case ["NextKeyMarker"]: nextKey += text
      case ["NextUploadIdMarker"]: nextUpload += text
      case ["Upload", "Key"]: row.key += text
      case ["Upload", "UploadId"]: row.id += text
      case ["Upload", "Initiated"]: row.initiated += text
      default: break
      }
    } end: { path in
      guard path == ["Upload"] else { return }
      rows.append(row)
      row = ("", "", "")
    }
    guard isRead else { throw XMLReader.Malformed(offset: 0) }
    nextKey = try XMLWalk.key(nextKey, isURLEncoded: isURLEncoded)
    for row in rows {
      uploads.append(
        S3Upload(
          key: try XMLWalk.key(row.key, isURLEncoded: isURLEncoded), uploadID: row.id,
          initiated: Timestamp(iso8601: row.initiated)))
    }
  }
}

/// One page of ListParts.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html
struct S3PartPage: Equatable {
  var parts: [S3UploadedPart] = []
  var isTruncated = false
  var next = 0

  init(_ bytes: [UInt8]) throws(XMLReader.Malformed) {
    var row = (number: "", size: "", etag: "")
    var found: [S3UploadedPart] = []
    var marker = ""
    let isRead = try XMLWalk.read(bytes, root: "ListPartsResult") { path, text in
      switch path {
      case ["IsTruncated"]: isTruncated = text == "true"
      case ["NextPartNumberMarker"]: marker += text
      case ["Part", "PartNumber"]: row.number += text
      case ["Part", "Size"]: row.size += text
      case ["Part", "ETag"]: row.etag += text
      default: break
      }
    } end: { path throws(XMLReader.Malformed) in
      guard path == ["Part"] else { return }
      guard let number = Int(row.number), let size = Int64(row.size) else { throw XMLReader.Malformed(offset: 0) }
      found.append(S3UploadedPart(number: number, size: size, etag: row.etag.filter { $0 != "\"" }))
      row = ("", "", "")
    }
    guard isRead else { throw XMLReader.Malformed(offset: 0) }
    parts = found
    next = Int(marker) ?? 0
  }
}
