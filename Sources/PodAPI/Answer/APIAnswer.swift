internal import BundleModel
package import JSON

/// What is answered: status, header fields and body.
package struct APIAnswer: Sendable {
  package enum Body: Sendable {
    case empty
    case bytes([UInt8])
    /// Written piece by piece. With a length, exactly so many bytes. Goes on to its end when the pod is asked to go.
    case stream(length: Int64?, @Sendable (any ByteSink) async throws -> Void)
    /// A stream without an end, such as events: cancelled when the client or the pod goes.
    case endless(@Sendable (any ByteSink) async throws -> Void)
  }

  package var status: Int
  package var headers: HeaderFields
  package var body: Body

  package init(_ status: Int, headers: HeaderFields = [:], body: Body = .empty) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// Bytes of one content type.
  package static func bytes(_ bytes: [UInt8], type: String, status: Int = 200) -> APIAnswer {
    APIAnswer(status, headers: ["content-type": type], body: .bytes(bytes))
  }

  /// A JSON document, as `write` writes it.
  package static func json<E>(
    _ status: Int = 200, reservingCapacity capacity: Int = 256, _ write: (inout JSONWriter) throws(E) -> Void
  ) throws(E) -> APIAnswer {
    var json = JSONWriter(.line, reservingCapacity: capacity)
    try write(&json)
    return .bytes(json.bytes, type: "application/json; charset=utf-8", status: status)
  }

  /// AppHub's envelope of success: `{"data": …}`.
  package static func data<E>(
    _ status: Int = 200, reservingCapacity capacity: Int = 256, _ write: (inout JSONWriter) throws(E) -> Void
  ) throws(E) -> APIAnswer {
    try json(status, reservingCapacity: capacity) { json throws(E) in
      try json.object { json throws(E) in
        json.name("data")
        try write(&json)
      }
    }
  }

  /// AppHub's envelope of failure: `{"error": "…"}`.
  package static func error(_ status: Int, _ message: String) -> APIAnswer {
    json(status) { json in
      json.object { json in
        json.name("error")
        json.string(UntrustedText.block(message))
      }
    }
  }

  /// Another place; that place is a secret when it is signed, so nobody may keep or pass it on.
  package static func redirect(to location: String) -> APIAnswer {
    APIAnswer(302, headers: ["location": location, "referrer-policy": "no-referrer"])
  }

  /// Whether an answer of this status has a body at all (RFC 9110 section 6.4.1).
  package var allowsBody: Bool { status != 204 && status != 304 && status >= 200 }

  /// Leaves the head alone, with the length that the body would have had: the answer to HEAD.
  mutating func dropBody() {
    switch body {
    case .empty: break
    case .bytes(let bytes): headers["content-length"] = "\(bytes.count)"
    case .stream(let length, _): if let length { headers["content-length"] = "\(length)" }
    case .endless: break
    }
    body = .empty
  }
}
