import BundleModel
import FoundationEssentials
import HTTPTransport
import Hashing
import TestSupport
import Testing

@testable import S3

/// A random request and what botocore makes of it; `Vectors/generate.py` says what the fields mean.
struct RequestVector: Decodable, Sendable, CustomTestStringConvertible {
  var form: String
  var style: String
  var bucket: String
  var key: String
  var endpoint: String
  var method: String
  var query: [[String?]]?
  var headers: [[String]]?
  var access: Int?
  var secret: Int?
  var token: Int?
  var region: Int?
  var at: Int?
  var late: Bool?
  var expires: Int?
  var hash: String?
  var expect: String

  var testDescription: String { "\(form) \(expect.prefix(8))" }

  var pairs: [(name: String, value: String?)] { (query ?? []).map { ($0[0] ?? "", $0[1]) } }
  var fields: [(name: String, value: String)] { (headers ?? []).map { ($0[0], $0[1]) } }
}

/// What the vectors name by number.
struct VectorNames: Decodable, Sendable {
  var access: [String]
  var secrets: [String]
  var tokens: [String?]
  var regions: [String]
  var moments: [String]
}

@Suite struct VectorTests {
  static func read() throws -> (names: VectorNames, vectors: [RequestVector]) {
    let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    let lines = try TestFile.read("/\(folder)/Vectors/botocore.jsonl").split(separator: "\n")
    let names = try JSONDecoder().decode(VectorNames.self, from: Data(try #require(lines.first).utf8))
    return (names, try lines.dropFirst().map { try JSONDecoder().decode(RequestVector.self, from: Data($0.utf8)) })
  }

  /// `20130524T000000Z`.
  private func moment(_ text: String) throws -> Timestamp {
    let digits = Array(text)
    let part = { (range: Range<Int>) in String(digits[range]) }
    return try #require(
      Timestamp(
        iso8601: "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):\(part(13..<15))Z"))
  }

  @Test func agreesWithBotocore() throws {
    let (names, vectors) = try Self.read()
    #expect(vectors.count == 290)
    for vector in vectors {
      let endpoint = try #require(S3Endpoint(vector.endpoint, pathStyle: vector.style == "path"))
      let credentials = S3Credentials(
        accessKeyID: names.access[vector.access ?? 0], secretAccessKey: Secret(names.secrets[vector.secret ?? 0]),
        sessionToken: names.tokens[vector.token ?? 0].map { Secret($0) })
      let region = names.regions[vector.region ?? 0]
      let moment = try moment(names.moments[vector.at ?? 0])
      let token = vector.late == true ? TokenPlacement.afterSigning : .signed
      if vector.form == "presigned" {
        let url = try Presigner(credentials: credentials, region: region, token: token).url(
          method: vector.method, endpoint: endpoint, bucket: vector.bucket, key: vector.key,
          expires: try #require(vector.expires), query: vector.pairs, headers: vector.fields, at: moment)
        #expect(ByteEncoding.hex(SHA256.digest(of: url.reveal())) == vector.expect, "\(vector)")
      } else {
        let isGeneric = vector.form == "generic"
        let signer = SignatureV4(
          credentials: credentials, region: region, service: isGeneric ? "execute-api" : "s3",
          rules: isGeneric ? .generic : .s3, token: token)
        let request = SignableRequest(
          method: vector.method, authority: endpoint.authority(bucket: vector.bucket),
          path: endpoint.path(bucket: vector.bucket, key: vector.key),
          query: vector.pairs.map { ($0.name, $0.value ?? "") },
          headers: vector.fields.map { HTTPHeader($0.name, $0.value) })
        let signed = signer.headers(signing: request, payloadHash: try #require(vector.hash), at: moment)
        let authorization = signed.first { $0.name == "Authorization" }?.value ?? ""
        #expect(authorization.hasSuffix("Signature=\(vector.expect)"), "\(vector)")
        #expect(signed.contains { $0.name == "x-amz-security-token" } == (credentials.sessionToken != nil))
      }
    }
  }
}

/// Facts of AWS's published signature test suite: what its paths become for all services but S3.
@Suite struct PathRulesTests {
  struct Case: Sendable {
    var sent: String
    var generic: String
  }

  @Test(arguments: [
    Case(sent: "/", generic: "/"), Case(sent: "/example/..", generic: "/"),
    Case(sent: "/example1/example2/../..", generic: "/"), Case(sent: "//", generic: "/"),
    Case(sent: "/./", generic: "/"), Case(sent: "/./example", generic: "/example"),
    Case(sent: "//example//", generic: "/example/"), Case(sent: "/example space/", generic: "/example%20space/"),
    Case(sent: "/\u{1234}", generic: "/%E1%88%B4"), Case(sent: "/../../x", generic: "/x"),
    Case(sent: "/a%20b", generic: "/a%2520b"), Case(sent: "/a/../", generic: "/"),
    Case(sent: "/...", generic: "/..."),
    Case(sent: "/-._~0aZ", generic: "/-._~0aZ"),
  ])
  func normalises(_ path: Case) {
    #expect(String(decoding: PathRules.generic.canonical(Array(path.sent.utf8)), as: UTF8.self) == path.generic)
    #expect(PathRules.s3.canonical(Array(path.sent.utf8)) == Array(path.sent.utf8))
  }
}

@Suite struct PresignerTests {
  private let credentials = S3Credentials(
    accessKeyID: "AK", secretAccessKey: Secret("the secret"), sessionToken: Secret("the token"))
  private let moment = AmazonExampleTests.moment

  private func url(
    _ key: [UInt8] = [107], method: String = "GET", bucket: String = "b", expires: Int = 60,
    query: [(name: String, value: String?)] = [], headers: [(name: String, value: String)] = [],
    endpoint: String = "https://h", pathStyle: Bool = true, region: String = "r", at: Timestamp? = nil
  ) throws(S3Error) -> String {
    try Presigner(credentials: credentials, region: region).url(
      method: method, endpoint: S3Endpoint(endpoint, pathStyle: pathStyle)!, bucket: bucket, key: key,
      expires: expires, query: query, headers: headers, at: at ?? moment
    ).reveal()
  }

  @Test func refusesWhatCannotBeSigned() throws {
    let calls: [(String, () throws(S3Error) -> String)] = [
      ("KeyLength", { () throws(S3Error) in try self.url([]) }),
      ("KeyLength", { () throws(S3Error) in try self.url([UInt8](repeating: 97, count: 1025)) }),
      ("Expiry", { () throws(S3Error) in try self.url(expires: 0) }),
      ("Expiry", { () throws(S3Error) in try self.url(expires: -1) }),
      ("Expiry", { () throws(S3Error) in try self.url(expires: 604_801) }),
      ("Method", { () throws(S3Error) in try self.url(method: "") }),
      ("Method", { () throws(S3Error) in try self.url(method: "GET / HTTP/1.1\r\n") }),
      ("EmptyName", { () throws(S3Error) in try self.url(bucket: "") }),
      ("Credentials", { () throws(S3Error) in try self.url(region: "") }),
      ("Header", { () throws(S3Error) in try self.url(headers: [("a", "x\r\ny: z")]) }),
      ("Header", { () throws(S3Error) in try self.url(headers: [("a:b", "x")]) }),
      ("Header", { () throws(S3Error) in try self.url(headers: [("", "x")]) }),
      ("Query", { () throws(S3Error) in try self.url(query: [("", "x")]) }),
      ("Query", { () throws(S3Error) in try self.url(query: [("X-Amz-Expires", "999999")]) }),
      ("Moment", { () throws(S3Error) in try self.url(at: Timestamp(microseconds: 300_000_000_000_000_000)) }),
    ]
    for (code, call) in calls {
      let error = #expect(throws: S3Error.self) { try call() }
      #expect(error?.code == code && error?.kind == .invalidRequest)
      #expect(error?.message.contains("the secret") == false && error?.message.contains("the token") == false)
    }
  }

  @Test func acceptsTheLimits() throws {
    _ = try url([UInt8](repeating: 97, count: 1024), expires: 604_800)
    #expect(try url([0], expires: 1).contains("/b/%00?"))
    #expect(try url([0xFF, 47, 47], expires: 1).contains("/b/%FF//?"))
  }

  @Test func signsEveryHeader() throws {
    let text = try url(headers: [("If-None-Match", "*"), ("User-Agent", "x"), ("content-type", "a  b")])
    #expect(text.contains("&X-Amz-SignedHeaders=content-type%3Bhost%3Bif-none-match%3Buser-agent"))
    #expect(try url(headers: [("HOST", "proxy")]).contains("SignedHeaders=host&"), "a Host of the caller's counts")
  }

  @Test func addressesBuckets() throws {
    #expect(try url(endpoint: "http://[::1]:9000", pathStyle: false).hasPrefix("http://[::1]:9000/b/k?"))
    #expect(try url(bucket: "a.b", endpoint: "http://h:80", pathStyle: false).hasPrefix("http://a.b.h/k?"))
    #expect(try url(bucket: "a.b", pathStyle: false).hasPrefix("https://h/a.b/k?"))
    #expect(try url(bucket: "a..b", endpoint: "http://h", pathStyle: false).hasPrefix("http://h/a..b/k?"))
    #expect(try url([47, 107], pathStyle: false).hasPrefix("https://b.h//k?"))
    #expect(S3Endpoint("http://h:+80", pathStyle: true) == nil)
  }

  /// Swift takes a composed accent and a decomposed one for equal; a server does not.
  @Test func neverNormalises() throws {
    #expect(try url(Array("caf\u{E9}".utf8)) != url(Array("cafe\u{301}".utf8)))
    #expect(
      try url(query: [("e\u{301}", nil)]).contains("&e%CC%81=&")
        || url(query: [("e\u{301}", nil)]).contains("&e%CC%81="))
    for key in ["//", "./", "../", "a/./b", "a//b"] {
      #expect(try url(Array(key.utf8)).contains("/b/\(key)?"))
    }
  }
}
