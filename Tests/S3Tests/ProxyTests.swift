import BundleModel
import Glibc
import TestSupport
import Testing

@testable import HTTPTransport
@testable import S3

/// A proxy is used when it is named, and never because the environment says so.
@Suite struct ProxyTests {
  @Test(arguments: [
    ("http://proxy.example:3128", "http://proxy.example:3128"), ("HTTP://Proxy.Example", "http://proxy.example:80"),
    ("http://user:pass@proxy:1/", "http://proxy:1"), ("http://u:p@ss:w@[::1]:8080", "http://[::1]:8080"),
  ])
  func reads(_ text: String, _ shown: String) throws {
    let proxy = try #require(HTTPProxy(text))
    #expect(proxy.address == shown)
    #expect("\(proxy)" == shown)
  }

  @Test(arguments: [
    "", "proxy:3128", "https://proxy:3128", "socks5://proxy:1080", "http://", "http://proxy:0", "http://proxy/path",
    "http://user@proxy:1", "http://us%3Aer:pass@proxy:1", "http://user:pa%00ss@proxy:1",
  ])
  func refuses(_ text: String) { #expect(HTTPProxy(text) == nil) }

  @Test func loginIsDecodedAndHidden() throws {
    let proxy = try #require(HTTPProxy("http://me%40home:p%3Aa%25@proxy:1"))
    #expect(proxy.login?.reveal().user == "me@home")
    #expect(proxy.login?.reveal().password == "p:a%")
    var shown = ""
    dump(proxy, to: &shown)
    #expect(!shown.contains("home") && !shown.contains("p:a"))
  }

  /// The endpoint's name is not even looked up here.
  @Test func goesThroughTheProxy() async throws {
    let server = try ScriptedServer(.answer(200, body: "bytes"))
    defer { server.stop() }
    let proxy = try #require(HTTPProxy("http://user:pass@127.0.0.1:\(server.port)"))
    let client = try scriptedClient(at: "http://storage.invalid:9000", proxy: proxy)
    let (bytes, _) = try await client.getObject(bucket: "bucket", key: "a//./b", limit: 10)
    #expect(bytes == Array("bytes".utf8))
    let request = try #require(server.requests.first)
    #expect(request.line == "GET http://storage.invalid:9000/bucket/a//./b HTTP/1.1")
    #expect(request.header("host") == "storage.invalid:9000")
    #expect(request.header("proxy-authorization") == "Basic dXNlcjpwYXNz")
  }

  @Test func aTunnelThatIsRefused() async throws {
    let server = try ScriptedServer(.answer(407))
    defer { server.stop() }
    let proxy = try #require(HTTPProxy("http://user:pass@127.0.0.1:\(server.port)"))
    let client = try scriptedClient(at: "https://storage.invalid", proxy: proxy)
    let error = await failure { () throws(S3Error) in try await client.headBucket("bucket") }
    #expect(error?.kind == .unreachable)
    #expect(error?.message.contains("proxy refuses to connect us (HTTP 407)") == true)
    #expect(error?.message.contains("pass") == false)
    #expect(server.requests.allSatisfy { $0.header("authorization") == nil }, "our keys go to the endpoint alone")
  }

  /// In a process of its own, because the environment belongs to all tests of this one.
  @Test func theEnvironmentIsIgnored() async {
    await #expect(processExitsWith: .success) {
      for name in ["http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"] { setenv(name, "http://127.0.0.1:1", 1) }
      let server = try ScriptedServer(.answer(200))
      defer { server.stop() }
      let client = try scriptedClient(of: server)
      try await client.headBucket("bucket")
      setenv("no_proxy", "*", 1)
      let proxy = try #require(HTTPProxy("http://127.0.0.1:\(server.port)"))
      try await scriptedClient(at: "http://storage.invalid", proxy: proxy).headBucket("bucket")
    }
  }
}
