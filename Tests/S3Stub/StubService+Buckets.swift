internal import BundleModel

extension StubService {
  func listBuckets() -> StubResponse {
    let entries = buckets.sorted { $0.key < $1.key }.map { name, bucket in
      StubXML("Bucket", [StubXML("Name", name), StubXML("CreationDate", bucket.created.iso8601)])
    }
    return document(
      "ListAllMyBucketsResult", [StubXML("Owner", [StubXML("ID", "stub")]), StubXML("Buckets", entries)])
  }

  mutating func createBucket(_ place: StubPlace) throws(StubRefusal) -> StubResponse {
    let letters = place.bucket.utf8
    let isName =
      (3...63).contains(letters.count)
      && letters.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 46 }
    guard isName else { throw StubRefusal(400, "InvalidBucketName", "The specified bucket is not valid.") }
    var region = "us-east-1"
    if !place.request.body.isEmpty {
      guard let document = StubXML.parse(place.request.body), document.name == "CreateBucketConfiguration",
        let constraint = document["LocationConstraint"]?.content
      else { throw StubRefusal(400, "MalformedXML", "The XML you provided was not well-formed.") }
      // us-east-1 is said by saying nothing.
      guard constraint != "us-east-1" else { throw StubRefusal(400, "InvalidLocationConstraint") }
      region = constraint
    }
    guard region == settings.region else {
      throw StubRefusal(400, "IllegalLocationConstraintException", "the location constraint is not this endpoint's")
    }
    guard buckets[place.bucket] == nil else {
      throw StubRefusal(409, "BucketAlreadyOwnedByYou", "the bucket exists and is yours")
    }
    buckets[place.bucket] = StubBucket(region: region, created: place.now)
    return StubResponse(status: 200, headers: [("Location", "/" + place.bucket)])
  }

  mutating func deleteBucket(_ place: StubPlace) throws(StubRefusal) -> StubResponse {
    let bucket = try bucket(place)
    guard bucket.objects.isEmpty, bucket.uploads.isEmpty else {
      throw StubRefusal(409, "BucketNotEmpty", "The bucket you tried to delete is not empty.")
    }
    buckets[place.bucket] = nil
    return StubResponse(status: 204)
  }

  func location(_ place: StubPlace) throws(StubRefusal) -> StubResponse {
    let region = try bucket(place).region
    var root = StubXML("LocationConstraint", region == "us-east-1" ? "" : region)
    root.isNamespaced = true
    return .xml(200, root)
  }

  /// Deletes up to 1,000 keys of a document.
  mutating func deleteObjects(_ place: StubPlace) throws(StubRefusal) -> StubResponse {
    _ = try bucket(place)
    let proofs = ["content-md5", "x-amz-checksum-sha256", "x-amz-checksum-crc32"]
    guard proofs.contains(where: { place.request.header($0) != nil }) else {
      throw StubRefusal(400, "InvalidRequest", "Missing required header for this request: Content-MD5")
    }
    guard let document = StubXML.parse(place.request.body), document.name == "Delete" else {
      throw StubRefusal(400, "MalformedXML", "The XML you provided was not well-formed.")
    }
    let keys = document.children.filter { $0.name == "Object" }.map { $0["Key"]?.content ?? "" }
    guard (1...1000).contains(keys.count), !keys.contains("") else {
      throw StubRefusal(400, "MalformedXML", "a request deletes 1 to 1,000 keys")
    }
    var results: [StubXML] = []
    for key in keys {
      if let code = settings.undeletable[key] {
        results.append(
          StubXML("Error", [StubXML("Key", key), StubXML("Code", code), StubXML("Message", "not deleted")]))
        continue
      }
      buckets[place.bucket]?[ObjectKey(key)] = nil
      if document["Quiet"]?.content != "true" { results.append(StubXML("Deleted", [StubXML("Key", key)])) }
    }
    return self.document("DeleteResult", results)
  }

  func document(_ name: String, _ children: [StubXML]) -> StubResponse {
    var root = StubXML(name, children)
    root.isNamespaced = true
    return .xml(200, root)
  }
}
