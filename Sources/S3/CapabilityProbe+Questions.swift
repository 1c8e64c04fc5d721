internal import BundleModel
internal import HTTPTransport
internal import Hashing

extension ProbeRequests {
  /// Yes when the request is refused, as it should be.
  private func expectRefusal(_ kind: CapabilityKind, _ response: HTTPResponse) -> Capability {
    // A server in trouble refuses everything, which proves nothing.
    if response.status >= 500, response.status != 501 { return Capability(kind, .unknown, response.inWords) }
    return Capability(kind, response.isSuccess ? .no : .yes, response.inWords)
  }

  // MARK: Who is let in

  func askAboutKeys() async throws(S3Error) -> [Capability] {
    try await put("a", "bundletop doctor, object a")
    try await put("b", "bundletop doctor, object b")
    let isLocal = ["localhost", "[::1]"].contains(endpoint.host) || endpoint.host.hasPrefix("127.")
    let encrypted = Capability(
      .encrypted, endpoint.scheme == "https" ? .yes : .no,
      endpoint.scheme == "https" ? "TLS, certificate trusted" : isLocal ? "http, on this machine" : "http")
    let credentials = probe.configuration.credentials
    let elsewhere = probe.configuration.region == "eu-west-3" ? "eu-west-2" : "eu-west-3"
    let region = try await send(
      Wish(key: key("a"), signer: SignatureV4(credentials: credentials, region: elsewhere)))
    let wrong = S3Credentials(
      accessKeyID: credentials.accessKeyID, secretAccessKey: Secret(credentials.secretAccessKey.reveal() + "x"),
      sessionToken: credentials.sessionToken)
    let secret = try await send(
      Wish(key: key("a"), signer: SignatureV4(credentials: wrong, region: probe.configuration.region)))
    let list = try await send(
      Wish(query: [("list-type", "2"), ("max-keys", "1"), ("prefix", probe.prefix)], isAnonymous: true))
    let read = try await send(Wish(key: key("a"), isAnonymous: true))
    return [
      encrypted, expectRefusal(.otherRegionRefused, region), expectRefusal(.wrongSecretRefused, secret),
      expectRefusal(.anonymousListRefused, list), expectRefusal(.anonymousReadRefused, read),
    ]
  }

  // MARK: What is compared

  func askAboutIntegrity() async throws(S3Error) -> [Capability] {
    let body = Array("these bytes".utf8)
    let others = Array("other bytes".utf8)
    let otherHash = ByteEncoding.hex(SHA256.digest(of: others))
    let damaged = try await send(Wish(method: .put, key: key("damaged"), body: body, payloadHash: otherHash))
    let falseSum = try await send(
      Wish(method: .put, key: key("false-checksum"), headers: ProbeRequests.checksum(of: others), body: body))
    // The MD5 of no bytes at all (RFC 1321, appendix A.5).
    let falseMD5 = try await send(
      Wish(
        method: .put, key: key("false-md5"), headers: [HTTPHeader("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==")],
        body: body))
    return [
      expectRefusal(.payloadHashEnforced, damaged), expectRefusal(.checksumEnforced, falseSum),
      expectRefusal(.contentMD5Enforced, falseMD5), try await checksumReturned(lieWasStored: falseSum.isSuccess),
    ]
  }

  private func checksumReturned(lieWasStored: Bool) async throws(S3Error) -> Capability {
    let mode = [HTTPHeader("x-amz-checksum-mode", "ENABLED")]
    let truth = try await send(Wish(method: .head, key: key("a"), headers: mode))
    let expected = ByteEncoding.base64(SHA256.digest(of: Array("bundletop doctor, object a".utf8)))
    guard let told = truth.headers["x-amz-checksum-sha256"] else {
      return Capability(.checksumReturned, .no, "no checksum in the answer")
    }
    guard told == expected else { return Capability(.checksumReturned, .no, "another one than was sent") }
    guard lieWasStored else { return Capability(.checksumReturned, .yes, "its own, as false ones are refused") }
    let lie = try await send(Wish(method: .head, key: key("false-checksum"), headers: mode))
    let others = ByteEncoding.base64(SHA256.digest(of: Array("other bytes".utf8)))
    return lie.headers["x-amz-checksum-sha256"] == others
      ? Capability(.checksumReturned, .no, "an echo: it repeats false ones, too")
      : Capability(.checksumReturned, .yes, "its own")
  }

  func askAboutConditions() async throws(S3Error) -> [Capability] {
    let body = Array("bundletop doctor, object b".utf8)
    let absent = try await send(
      Wish(method: .put, key: key("b"), headers: [HTTPHeader("If-None-Match", "*")], body: body))
    let match = try await send(
      Wish(
        method: .put, key: key("b"),
        headers: [HTTPHeader("If-Match", "\"00000000000000000000000000000000\"")], body: body))
    return [condition(.ifNoneMatchEnforced, absent), condition(.ifMatchEnforced, match)]
  }

  private func condition(_ kind: CapabilityKind, _ response: HTTPResponse) -> Capability {
    switch response.status {
    case 412, 409: Capability(kind, .yes, response.inWords)
    case 200...299: Capability(kind, .no, "\(response.status), written all the same")
    case 400, 501: Capability(kind, .no, response.inWords)
    default: Capability(kind, .unknown, response.inWords)
    }
  }

  // MARK: Reading

  func askAboutReading() async throws(S3Error) -> [Capability] {
    [try await range(), try await pages(), try await awkwardKey(), try await bulkDelete()]
  }

  private func range() async throws(S3Error) -> Capability {
    let whole = try await send(Wish(key: key("a")))
    let etag = whole.headers["etag"] ?? ""
    let part = try await send(
      Wish(key: key("a"), headers: [HTTPHeader("Range", "bytes=10-15"), HTTPHeader("If-Match", etag)]))
    guard Array(whole.body.dropFirst(10).prefix(6)) == part.body else {
      return Capability(.rangeServed, .no, part.status == 200 ? "200, the whole object" : part.inWords)
    }
    // Some answer 200 with a Content-Range, which is the range all the same.
    let isPlain = part.status == 206
    let stale = try await send(
      Wish(
        key: key("a"),
        headers: [
          HTTPHeader("Range", "bytes=10-15"), HTTPHeader("If-Match", "\"00000000000000000000000000000000\""),
        ]))
    return stale.status == 412
      ? Capability(.rangeServed, .yes, "\(part.status)\(isPlain ? "" : " (not 206)"), and 412 for another version")
      : Capability(.rangeServed, .no, "\(part.status), but If-Match is ignored (\(stale.inWords))")
  }

  private func pages() async throws(S3Error) -> Capability {
    var keys: [String] = []
    var continuation = ""
    for _ in 0..<20 {
      var wish = Wish(query: [("list-type", "2"), ("max-keys", "1"), ("prefix", probe.prefix)])
      if !continuation.isEmpty { wish.query.append(("continuation-token", continuation)) }
      let response = try await send(wish)
      guard response.isSuccess else { return Capability(.listPages, .no, response.inWords) }
      guard let page = try? S3ListPage(response.body) else {
        return Capability(.listPages, .no, "the answer is no listing")
      }
      keys += page.objects.map(\.key)
      guard page.isTruncated, !page.continuation.isEmpty, page.continuation != continuation else { break }
      continuation = page.continuation
    }
    let isWhole = keys.contains(key("a")) && keys.contains(key("b")) && Set(keys).count == keys.count
    return Capability(.listPages, isWhole ? .yes : .no, "\(keys.count) objects, one a page")
  }

  private func awkwardKey() async throws(S3Error) -> Capability {
    let body = Array("awkward".utf8)
    let name = key(ProbeRequests.awkward)
    let stored = try await send(Wish(method: .put, key: name, body: body))
    guard stored.isSuccess else { return Capability(.awkwardKeys, .no, stored.inWords) }
    guard try await bytes(ProbeRequests.awkward) == body else {
      return Capability(.awkwardKeys, .no, "stored, but not found again")
    }
    let listed = try await send(
      Wish(query: [("list-type", "2"), ("encoding-type", "url"), ("prefix", key("odd/"))]))
    let page = try? S3ListPage(listed.body)
    let isSame = page?.objects.contains { $0.key.utf8.elementsEqual(name.utf8) } == true
    return Capability(
      .awkwardKeys, isSame ? .yes : .no, isSame ? "stored, found, listed" : "listed under another name")
  }

  private func bulkDelete() async throws(S3Error) -> Capability {
    try await put("damaged", "to be deleted")
    try await put("false-md5", "to be deleted")
    do throws(S3Error) {
      let failures = try await probe.client.deleteObjects(
        bucket: probe.bucket, keys: ["damaged", "false-md5"].map(key))
      guard failures.isEmpty else { return Capability(.bulkDelete, .no, failures[0].code) }
    } catch {
      guard error.kind != .cancelled else { throw error }
      return Capability(.bulkDelete, .no, error.code)
    }
    let isGone = try await bytes("damaged") == nil
    return Capability(
      .bulkDelete, isGone ? .yes : .no, isGone ? "two keys in one request" : "the keys are still there")
  }
}
