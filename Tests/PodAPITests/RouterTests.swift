import Hashing
import TestSupport
import Testing

@testable import PodAPI

@Suite("How the router takes requests")
struct RouterTests {
  private func access(_ directory: TemporaryDirectory) throws -> AccessControl {
    let lines = [("reader", "read", RouterFixture.readToken), ("writer", "read,write", RouterFixture.writeToken)]
      .map {
        "\($0.0) \($0.1) \(Checksums.hex($0.2))\n"
      }
    return try AccessControl(
      tokenFile: directory.write("# who may ask\n" + lines.joined(), to: "tokens"), log: RouterFixture.silent)
  }

  @Test(
    "access comes before the request's form",
    arguments: [
      (nil, "/things/x?via=z", "", 401, #"{"error":"authorization required"}"#),
      ("Basic eA==", "/things/1", "{}", 401, #"{"error":"authorization required"}"#),
      ("Bearer nobody", "/things/x", "", 403, #"{"error":"forbidden"}"#),
      ("Bearer \(RouterFixture.readToken)", "/things/x", "", 403, #"{"error":"forbidden"}"#),
      (
        "Bearer \(RouterFixture.writeToken)", "/things/0?via=z&via=a", "", 400,
        #"{"error":{"formErrors":[],"fieldErrors":{"id":["Number must be greater than or equal to 1"],"#
          + #""via":["Expected string, received array"]}}}"#
      ),
      (
        "bearer \(RouterFixture.writeToken)", "/things/1", "", 400,
        #"{"error":{"formErrors":["Required"],"fieldErrors":{}}}"#
      ),
      (
        "Bearer \(RouterFixture.writeToken)", "/things/1", #"{"slug":"","force":1,"more":2}"#, 400,
        #"{"error":{"formErrors":["Unrecognized key(s) in object: 'more'"],"fieldErrors":"#
          + #"{"slug":["String must contain at least 1 character(s)"],"force":["Expected boolean, received number"]}}}"#
      ),
      (
        "Bearer \(RouterFixture.writeToken)", "/things/1", #"{"slug":"a","slug":"b"}"#, 400,
        #"{"error":"not valid JSON: line 1, column 13: \"slug\" is there twice"}"#
      ),
      ("Bearer \(RouterFixture.writeToken)", "/things/1?via=b", #"{"slug":"a"}"#, 204, ""),
    ] as [(String?, String, String, Int, String)])
  func order(token: String?, target: String, body: String, status: Int, text: String) async throws {
    let directory = try TemporaryDirectory()
    let router = Router([RouterFixture.picky()], services: try RouterFixture.services(access: access(directory)))
    var headers: HeaderFields = [:]
    headers["Authorization"] = token
    let answer = await router.answer(RouterFixture.request(.post, target, headers: headers, body: body))
    #expect(answer.status == status)
    #expect(RouterFixture.text(answer) == text)
    #expect(answer.headers["cache-control"] == "no-store")
    #expect((answer.headers["www-authenticate"] != nil) == (status == 401))
  }

  @Test("a body that is not JSON by its type is refused, a large one too")
  func bodies() async throws {
    let router = Router([RouterFixture.picky(access: .open)], services: try RouterFixture.services())
    func status(_ type: String?, _ body: String) async -> Int {
      var headers: HeaderFields = [:]
      headers["content-type"] = type
      return await router.answer(RouterFixture.request(.post, "/things/1", headers: headers, body: body)).status
    }
    #expect(await status("application/x-www-form-urlencoded", #"{"slug":"a"}"#) == 415)
    #expect(await status("Application/JSON; charset=utf-8", #"{"slug":"a"}"#) == 204)
    #expect(await status("application/merge-patch+json", #"{"slug":"a"}"#) == 204)
    #expect(await status(nil, #"{"slug":"\#(String(repeating: "a", count: 100))"}"#) == 413)
  }

  @Test("a handler that takes too long is cancelled, one that fails gives nothing away")
  func failures() async throws {
    struct Inside: Error, CustomStringConvertible { var description: String { "secret words" } }
    var slow = RouterFixture.picky(access: .open) { _, _, _ in
      for await _ in AsyncStream<Never>.makeStream().stream {}
      throw CancellationError()
    }
    slow.deadline = .milliseconds(50)
    let request = RouterFixture.request(.post, "/things/1", body: #"{"slug":"a"}"#)
    let late = await Router([slow], services: try RouterFixture.services()).answer(request)
    #expect(late.status == 503 && late.headers["retry-after"] == "1")
    let broken = RouterFixture.picky(access: .open) { _, _, _ in throw Inside() }
    let failed = await Router([broken], services: try RouterFixture.services()).answer(request)
    #expect(failed.status == 500 && RouterFixture.text(failed) == #"{"error":"internal error"}"#)
  }

  @Test("who asks too often waits; others do not")
  func rate() async throws {
    let directory = try TemporaryDirectory()
    var route = RouterFixture.picky(access: .scope(.read), rate: Rate(perMinute: 1, burst: 2))
    route.body = nil
    let router = Router([route], services: try RouterFixture.services(access: access(directory)))
    func ask(_ token: String) async -> APIAnswer {
      await router.answer(
        RouterFixture.request(.post, "/things/1", headers: ["authorization": "Bearer \(token)"]))
    }
    #expect(await ask(RouterFixture.readToken).status == 204)
    #expect(await ask(RouterFixture.readToken).status == 204)
    let refused = await ask(RouterFixture.readToken)
    #expect(refused.status == 429)
    #expect((1...60).contains(Int(refused.headers["retry-after"] ?? "") ?? 0))
    #expect(await ask(RouterFixture.writeToken).status == 204)
  }

  @Test("browsers get answers to read only for configured origins")
  func origins() async throws {
    let headers: HeaderFields = ["origin": "https://a.example", "access-control-request-method": "GET"]
    for (origins, allowed) in [
      ([], nil), (["https://b.example"], nil), (["https://a.example"], "https://a.example"),
    ]
      as [([String], String?)]
    {
      let router = Router([.live], services: try RouterFixture.services(origins: origins))
      for method in [HTTPMethod.get, .options] {
        let answer = await router.answer(RouterFixture.request(method, "/health/live", headers: headers))
        #expect(answer.headers["access-control-allow-origin"] == allowed)
      }
    }
  }

  @Test("a request keeps a harmless id, and loses one that is not")
  func ids() async throws {
    let router = Router([.live], services: try RouterFixture.services())
    for (sent, isKept) in [
      ("abc-1", true), ("a b", false), ("a\u{1b}", false), (String(repeating: "x", count: 129), false),
    ] {
      let answer = await router.answer(
        RouterFixture.request(.get, "/health/live", headers: ["X-Request-Id": sent]))
      #expect((answer.headers["x-request-id"] == sent) == isKept)
    }
  }

  @Test("listeners offer their own routes only")
  func listeners() async throws {
    let services = try RouterFixture.services()
    let metrics = Router(listener: .metrics, services: services)
    #expect(await metrics.answer(RouterFixture.request(.get, "/health/live")).status == 200)
    #expect(await metrics.answer(RouterFixture.request(.get, "/examples/bundles/status")).status == 404)
  }
}

/// SHA-256 of texts, as a token file has them.
enum Checksums {
  static func hex(_ text: String) -> String {
    SHA256.digest(of: text).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
