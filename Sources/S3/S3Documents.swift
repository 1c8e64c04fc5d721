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
    var reader = XMLReader(bytes)
    guard try reader.next() == .start("ListBucketResult") else { throw XMLReader.Malformed(offset: 0) }
    var path: [String] = []
    var object = Fields()
    var rows: [Fields] = []
    var isURLEncoded = false
    while let event = try reader.next() {
      switch event {
      case .start(let name): path.append(name)
      case .end(let name):
        _ = path.popLast()
        if name == "Contents" {
          rows.append(object)
          object = Fields()
        }
      case .text(let text):
        let value = String(decoding: text, as: UTF8.self)
        switch path {
        case ["EncodingType"]: isURLEncoded = value == "url"
        case ["IsTruncated"]: isTruncated = value == "true"
        case ["NextContinuationToken"]: continuation += value
        case ["Contents", "Key"]: object.key += text
        case ["Contents", "Size"]: object.size += value
        case ["Contents", "ETag"]: object.etag += value
        case ["Contents", "LastModified"]: object.modified += value
        default: break
        }
      }
    }
    objects = rows.map { $0.object(isURLEncoded: isURLEncoded) }
  }

  private struct Fields {
    var key: [UInt8] = []
    var size = ""
    var etag = ""
    var modified = ""

    func object(isURLEncoded: Bool) -> S3ListedObject {
      let bytes = isURLEncoded ? ByteEncoding.percentDecoded(key, plusIsBlank: true) : key
      return S3ListedObject(
        key: String(decoding: bytes, as: UTF8.self), size: Int64(size) ?? 0, etag: etag.filter { $0 != "\"" },
        lastModified: Timestamp(iso8601: modified))
    }
  }
}
