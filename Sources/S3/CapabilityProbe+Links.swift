internal import BundleModel
internal import HTTPTransport

extension ProbeRequests {
  /// A URL of the probe, signed as given; what it is opened as may differ.
  private func link(
    _ signed: String, opened: String? = nil, expires: Int = 300, age: Duration = .zero,
    query: [(name: String, value: String)] = [], at host: S3Endpoint? = nil
  ) -> String {
    let host = host ?? endpoint
    func path(_ name: String) -> [UInt8] { host.path(bucket: probe.bucket, key: key(name)) }
    let authority = host.authority(bucket: probe.bucket)
    let request = SignableRequest(method: "GET", authority: authority, path: path(signed), query: query)
    let url =
      Array("\(host.scheme)://\(authority)".utf8) + path(opened ?? signed) + [63]
      + signer.query(presigning: request, expires: expires, at: moment.advanced(by: .zero - age))
    return String(decoding: url, as: UTF8.self)
  }

  func askAboutLinks() async throws(S3Error) -> [Capability] {
    let text = Array("bundletop doctor, object a".utf8)
    let good = try await open(link("a"))
    guard good.isSuccess, good.body == text else {
      // Nothing that is refused would mean anything.
      return [Capability(.presignedWorks, .no, good.inWords)]
        + [
          .presignedTamperedRefused, .presignedMethodCovered, .presignedExpiredRefused, .presignedWeekLimit,
          .responseOverrides,
        ].map { Capability($0, .unknown, "a good URL is refused") }
    }
    let other = try await open(link("a", opened: "b"))
    let longer = try await open(
      link("a", expires: 200).replacing("X-Amz-Expires=200", with: "X-Amz-Expires=201"))
    let write = try await open(link("b"), method: .put, body: Array("overwritten".utf8))
    let expired = try await open(link("a", expires: 60, age: .seconds(3600)))
    let week = try await open(link("a", expires: SignatureV4.longestExpiry + 1))
    return [
      Capability(.presignedWorks, .yes, "\(good.status), the bytes are equal"),
      Capability(
        .presignedTamperedRefused, other.isSuccess || longer.isSuccess ? .no : .yes,
        other.isSuccess ? "another key: \(other.inWords)" : "another key, a longer life: \(longer.inWords)"),
      Capability(.presignedMethodCovered, write.isSuccess ? .no : .yes, "PUT with a GET's: \(write.inWords)"),
      Capability(.presignedExpiredRefused, expired.isSuccess ? .no : .yes, expired.inWords),
      Capability(.presignedWeekLimit, week.isSuccess ? .no : .yes, week.inWords),
      try await overrides(), try await publicLink(text),
    ]
  }

  private func overrides() async throws(S3Error) -> Capability {
    let disposition = "attachment; filename=\"bundletop doctor.tgz\""
    let response = try await open(
      link(
        "a", query: [("response-content-disposition", disposition), ("response-content-type", "application/gzip")]))
    let isKept =
      response.headers["content-disposition"] == disposition
      && response.headers["content-type"] == "application/gzip"
    return Capability(
      .responseOverrides, response.isSuccess && isKept ? .yes : .no,
      response.isSuccess ? isKept ? "name and type" : "the URL's wishes are ignored" : response.inWords)
  }

  private func publicLink(_ text: [UInt8]) async throws(S3Error) -> Capability {
    guard let host = probe.publicEndpoint else {
      return Capability(.publicEndpoint, .yes, "the same as the endpoint")
    }
    do throws(S3Error) {
      let response = try await open(link("a", at: host))
      let isRight = response.isSuccess && response.body == text
      return Capability(.publicEndpoint, isRight ? .yes : .no, "\(host): \(response.inWords)")
    } catch {
      guard error.kind != .cancelled else { throw error }
      // Where we run, the public name may lead nowhere; that says nothing about where links are opened.
      return Capability(.publicEndpoint, .unknown, "\(host) cannot be reached from here")
    }
  }
}
