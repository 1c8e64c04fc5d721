import BundleModel
import HTTPTransport
import Testing

@testable import S3

@Suite struct EndpointTests {
  struct Address: Sendable {
    var text: String
    var authority: String?
  }

  @Test(arguments: [
    Address(text: "http://127.0.0.1:9000", authority: "127.0.0.1:9000"),
    Address(text: " HTTPS://Minio.Example:443/ ", authority: "minio.example"),
    Address(text: "http://minio:80", authority: "minio"),
    Address(text: "https://minio:80", authority: "minio:80"),
    Address(text: "http://[::1]:9000", authority: "[::1]:9000"),
    Address(text: "http://[::1]", authority: "[::1]"),
    Address(text: "minio:9000"), Address(text: "ftp://minio"), Address(text: "http://"),
    Address(text: "http://user:password@minio"), Address(text: "http://minio/path"),
    Address(text: "http://minio:0"), Address(text: "http://minio:99999"), Address(text: "http://a b"),
    Address(text: "http://minio?x=1"), Address(text: ""),
  ])
  func reads(_ address: Address) {
    #expect(S3Endpoint(address.text, pathStyle: true)?.authority == address.authority)
  }

  @Test func addressesBuckets() throws {
    let path = try #require(S3Endpoint("http://h:9000", pathStyle: true))
    #expect(path.authority(bucket: "b") == "h:9000")
    #expect(String(decoding: path.path(bucket: "b", key: nil), as: UTF8.self) == "/b")
    #expect(String(decoding: path.path(bucket: "b", key: "k/ü"), as: UTF8.self) == "/b/k/%C3%BC")
    let virtual = try #require(S3Endpoint("https://h", pathStyle: false))
    #expect(virtual.authority(bucket: "b") == "b.h")
    #expect(String(decoding: virtual.path(bucket: "b", key: "/k"), as: UTF8.self) == "//k")
    #expect(virtual.authority(bucket: "b.c") == "h", "a wildcard certificate does not cover two labels")
  }

  @Test func base64() {
    for (text, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
      #expect(ByteEncoding.base64(Array(text.utf8)) == encoded)
      #expect(ByteEncoding.bytes(base64: encoded) == Array(text.utf8))
    }
    #expect(ByteEncoding.bytes(base64: "Zg") == nil)
    #expect(ByteEncoding.bytes(base64: "Z!==") == nil)
  }

  @Test func percentDecoding() {
    let decode = { (text: String, plus: Bool) in
      String(decoding: PercentCode.decoded(Array(text.utf8), plusIsBlank: plus), as: UTF8.self)
    }
    #expect(decode("a%2Fb+c%2b", true) == "a/b c+")
    #expect(decode("a+b%zz%4", false) == "a+b%zz%4")
  }

  @Test func dates() {
    #expect(HTTPDate.moment("Sun, 06 Nov 1994 08:49:37 GMT")?.iso8601 == "1994-11-06T08:49:37.000Z")
    #expect(HTTPDate.moment("Sunday, 06-Nov-94 08:49:37 GMT") == nil)
    #expect(HTTPDate.moment("") == nil)
    #expect(AmazonDate(Timestamp(microseconds: -1)).text == "19691231T235959Z")
    #expect(AmazonDate(Timestamp(microseconds: -1)).day == -1)
  }

  @Test func headersInAnyCase() {
    var headers = HTTPHeaders()
    for line in [
      "HTTP/1.1 100 Continue\r\n", "X: old\r\n", "HTTP/1.1 200 OK\r\n", "X-Amz-Meta-Sha256:  ab c \r\n", "\r\n",
    ] {
      Array(line.utf8).withUnsafeBytes { headers.append(line: $0) }
    }
    #expect(headers["x-amz-meta-sha256"] == "ab c")
    #expect(headers["X-AMZ-META-SHA256"] == "ab c")
    #expect(headers["x"] == nil, "an interim answer's fields do not count")
    #expect(headers.fields(withPrefix: "x-amz-meta-").first?.name == "sha256")
  }
}
