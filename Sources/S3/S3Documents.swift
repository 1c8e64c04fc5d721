package import BundleModel

/// The body of a refusal: `<Error><Code>…</Code><Message>…</Message>…</Error>`.
struct S3ErrorDocument: Equatable {
  var code = ""
  var message = ""
  /// Where the bucket really is, when the request went to another region.
  var region = ""

  /// Nil unless the document's root is `Error`.
  init?(_ bytes: [UInt8]) {
    var reader = XMLReader(bytes)
    guard case .start("Error")? = try? reader.next() else { return nil }
    var path: [String] = []
    while let event = try? reader.next() {
      switch event {
      case .start(let name): path.append(name)
      case .end: _ = path.popLast()
      case .text(let text):
        let value = String(decoding: text, as: UTF8.self)
        switch path {
        case ["Code"]: code += value
        case ["Message"]: message += value
        case ["Region"]: region += value
        default: break
        }
      }
    }
  }
}

/// One object of a listing.
package struct S3ListedObject: Equatable, Sendable {
  package var key: String
  /// Bytes.
  package var size: Int64
  /// As the server wrote it, without quotes.
  package var etag: String
  package var lastModified: Timestamp?

  package init(key: String, size: Int64, etag: String, lastModified: Timestamp?) {
    self.key = key
    self.size = size
    self.etag = etag
    self.lastModified = lastModified
  }
}

/// One page of ListObjectsV2.
///
/// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
struct S3ListPage: Equatable {
  var objects: [S3ListedObject] = []
  var isTruncated = false
  var continuation = ""

  init(_ bytes: [UInt8]) throws(XMLReader.Malformed) {
    var row = Fields()
    var rows: [Fields] = []
    var isURLEncoded = false
    let isRead = try XMLWalk.read(bytes, root: "ListBucketResult") { path, text in
      switch path {
      case ["EncodingType"]: isURLEncoded = text == "url"
      case ["IsTruncated"]: isTruncated = text == "true"
      case ["NextContinuationToken"]: continuation += text
      case ["Contents", "Key"]: row.key += text
      case ["Contents", "Size"]: row.size += text
      case ["Contents", "ETag"]: row.etag += text
      case ["Contents", "LastModified"]: row.modified += text
      default: break
      }
    } end: { path in
      guard path == ["Contents"] else { return }
      rows.append(row)
      row = Fields()
    }
    guard isRead else { throw XMLReader.Malformed(offset: 0) }
    for row in rows { objects.append(try row.object(isURLEncoded: isURLEncoded)) }
  }

  private struct Fields {
    var key = ""
    var size = ""
    var etag = ""
    var modified = ""

    func object(isURLEncoded: Bool) throws(XMLReader.Malformed) -> S3ListedObject {
      // A size that is none must not pass for an empty object.
      guard let size = Int64(size), size >= 0 else { throw XMLReader.Malformed(offset: 0) }
      return S3ListedObject(
        key: try XMLWalk.key(key, isURLEncoded: isURLEncoded), size: size, etag: etag.filter { $0 != "\"" },
        lastModified: Timestamp(iso8601: modified))
    }
  }
}
