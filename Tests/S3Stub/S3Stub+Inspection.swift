internal import BundleModel
internal import Synchronization

extension S3Stub {
  /// Every request that arrived, those that were refused or failed by the script too, in order.
  package var requests: [StubRequest] { state.withLock { $0.requests } }

  /// How many requests asked for something.
  package func count(_ operation: StubOperation) -> Int {
    state.withLock { $0.requests.count { $0.operation == operation } }
  }

  /// Connections made so far.
  package var connections: Int { state.withLock { $0.connections } }

  /// Connections that neither side has ended yet.
  package var openConnections: Int { state.withLock { $0.open.count } }

  /// Forgets the requests so far.
  package func forgetRequests() { state.withLock { $0.requests = [] } }

  /// An object; nil when there is none.
  package func object(bucket: String = "bucket", key: String) -> StubObject? {
    state.withLock { $0.service.buckets[bucket]?[ObjectKey(key)] }
  }

  /// The keys of a bucket in the order of their bytes.
  package func keys(bucket: String = "bucket") -> [String] {
    state.withLock { $0.service.buckets[bucket]?.sortedKeys().map(\.text) ?? [] }
  }

  /// The uploads of a bucket that are neither completed nor aborted, oldest first.
  package func uploads(bucket: String = "bucket") -> [StubUpload] {
    state.withLock { state in
      (state.service.buckets[bucket]?.uploads.values.map { $0 } ?? []).sorted { $0.initiated < $1.initiated }
    }
  }

  /// The names of the buckets.
  package var buckets: [String] { state.withLock { $0.service.buckets.keys.sorted() } }

  /// Makes a bucket, in a region of its own if need be.
  package func addBucket(_ name: String, region: String? = nil) {
    state.withLock { state in
      let region = region ?? state.service.settings.region
      state.service.buckets[name] = StubBucket(region: region, created: StubSocket.now())
    }
  }

  /// Stores an object behind the protocol's back.
  ///
  /// - Parameter headers: `x-amz-meta-*` and the like, names in lower case.
  package func store(
    bucket: String = "bucket", key: String, bytes: [UInt8], contentType: String = "application/octet-stream",
    headers: [(name: String, value: String)] = [], checksum: [UInt8]? = nil
  ) {
    let object = StubObject(
      bytes: bytes, etag: StubDigest.md5Hex(bytes),
      lastModified: StubSocket.now(), contentType: contentType, headers: headers,
      checksum: checksum.map(ByteWords.base64))
    state.withLock { $0.service.buckets[bucket]?[ObjectKey(key)] = object }
  }

  /// Removes an object behind the protocol's back.
  package func remove(bucket: String = "bucket", key: String) {
    state.withLock { $0.service.buckets[bucket]?[ObjectKey(key)] = nil }
  }

  /// Damages one bit of an object as a bad disk does: its ETag, checksum and metadata stay.
  package func flipByte(bucket: String = "bucket", key: String, at offset: Int = 0) {
    state.withLock { state in
      let key = ObjectKey(key)
      guard var object = state.service.buckets[bucket]?[key], object.bytes.indices.contains(offset) else { return }
      object.bytes[offset] ^= 1
      state.service.buckets[bucket]?[key] = object
    }
  }

  /// Leaves an upload behind, as a client that was killed does.
  @discardableResult
  package func leaveUpload(bucket: String = "bucket", key: String, age: Duration = .zero) -> String {
    state.withLock { state in
      let id = "left-\(state.service.nextSerial())"
      let moment = StubSocket.now().advanced(by: .zero - age)
      state.service.buckets[bucket]?.uploads[id] = StubUpload(key: key, uploadID: id, initiated: moment)
      return id
    }
  }
}
