/// What a request asks for.
package enum StubOperation: String, Sendable, CaseIterable {
  case listBuckets, createBucket, headBucket, deleteBucket, bucketLocation, listObjects, listUploads, deleteObjects
  case putObject, getObject, headObject, deleteObject, copyObject
  case createUpload, uploadPart, listParts, completeUpload, abortUpload

  /// Nil when S3 has it and the stub has not, or when there is no such thing.
  init?(_ request: StubRequest, _ address: StubAddress) {
    let names = Set(request.queryNames)
    let isUpload = names.contains("uploadId")
    let copies = request.header("x-amz-copy-source") != nil
    switch (request.method, address.bucket != nil, address.key != nil) {
    case ("GET", false, _): self = .listBuckets
    case ("PUT", true, false): self = .createBucket
    case ("HEAD", true, false): self = .headBucket
    case ("DELETE", true, false): self = .deleteBucket
    case ("GET", true, false):
      self = names.contains("location") ? .bucketLocation : names.contains("uploads") ? .listUploads : .listObjects
    case ("POST", true, false) where names.contains("delete"): self = .deleteObjects
    case ("PUT", true, true) where isUpload && !copies: self = .uploadPart
    case ("PUT", true, true) where !isUpload: self = copies ? .copyObject : .putObject
    case ("GET", true, true): self = isUpload ? .listParts : .getObject
    case ("HEAD", true, true): self = .headObject
    case ("DELETE", true, true): self = isUpload ? .abortUpload : .deleteObject
    case ("POST", true, true) where names.contains("uploads"): self = .createUpload
    case ("POST", true, true) where isUpload: self = .completeUpload
    default: return nil
    }
  }
}

/// The bucket and the key that a request names, by its Host and its path.
struct StubAddress: Sendable {
  var bucket: String?
  var key: ObjectKey?

  /// Host names that are the service itself; a label before one of them, or any other name, is a bucket.
  static let services = ["127.0.0.1", "localhost", "s3.localhost", "[::1]", "127.0.0.1.nip.io"]

  init(_ request: StubRequest) {
    let host = (request.header("host") ?? "").lowercased()
    let colon = host.utf8.lastIndex(of: 58)
    let name = colon.map { host[$0...].utf8.contains(93) ? host : String(host[..<$0]) } ?? host
    var path = Array(request.path.utf8.dropFirst())
    if let service = StubAddress.services.filter({ name.hasSuffix("." + $0) }).max(by: { $0.count < $1.count }) {
      bucket = String(name.dropLast(service.count + 1))
    } else if !StubAddress.services.contains(name) {
      bucket = name
    } else {
      let (first, rest) = path.cut(at: 47)
      if !first.isEmpty { bucket = ByteWords.decoded(first)?.text }
      path = rest ?? []
    }
    if !path.isEmpty, let bytes = ByteWords.decoded(path) { key = ObjectKey(bytes) }
  }
}

/// A key: bytes, not text, for two spellings of one letter are two keys.
struct ObjectKey: Hashable, Comparable, Sendable {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }
  init(_ text: String) { bytes = Array(text.utf8) }

  var text: String { String(decoding: bytes, as: UTF8.self) }
  /// S3's limit: 1 to 1,024 bytes of UTF-8.
  var isValid: Bool { (1...1024).contains(bytes.count) && bytes.text != nil && !bytes.contains(0) }

  static func < (a: ObjectKey, b: ObjectKey) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}
