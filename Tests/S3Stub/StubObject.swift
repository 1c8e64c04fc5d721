package import BundleModel

/// An object as it lies in the stub.
package struct StubObject: Sendable {
  package var bytes: [UInt8]
  /// Without quotes.
  package var etag: String
  package var lastModified: Timestamp
  package var contentType: String
  /// `x-amz-meta-*` and the like, names in lower case, as they were given.
  package var headers: [(name: String, value: String)] = []
  /// As the server answers it: base64, with `-N` for one of parts; nil when none was given.
  package var checksum: String?
}

/// A multipart upload that is neither completed nor aborted.
package struct StubUpload: Sendable {
  package var key: String
  package var uploadID: String
  package var initiated: Timestamp
  /// By part number.
  package var parts: [Int: StubObject] = [:]
  var contentType = ""
  var headers: [(name: String, value: String)] = []
  var usesChecksums = false
}

/// A bucket and all that is in it.
struct StubBucket: Sendable {
  var region: String
  var created: Timestamp
  private(set) var objects: [ObjectKey: StubObject] = [:]
  var uploads: [String: StubUpload] = [:]
  private var order: [ObjectKey]?

  init(region: String, created: Timestamp) { (self.region, self.created) = (region, created) }

  subscript(key: ObjectKey) -> StubObject? {
    get { objects[key] }
    set {
      if (objects[key] == nil) != (newValue == nil) { order = nil }
      objects[key] = newValue
    }
  }

  /// All keys in the order of their bytes.
  mutating func sortedKeys() -> [ObjectKey] {
    if let order { return order }
    let sorted = objects.keys.sorted()
    order = sorted
    return sorted
  }
}
