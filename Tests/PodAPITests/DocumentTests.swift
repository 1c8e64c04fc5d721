import BundleModel
import JSON
import TestSupport
import Testing
import Wire

@testable import PodAPI

@Suite("The routes and their description")
struct DocumentTests {
  @Test("every route is well formed", arguments: RouteTable.all.indices)
  func wellFormed(index: Int) {
    let route = RouteTable.all[index]
    let declared = route.parameters.filter { $0.place == .path }.map(\.name)
    #expect(declared.sorted() == route.pattern.parameters.sorted(), "\(route.operationID)")
    #expect(RouteTable.all.count { $0.operationID == route.operationID } == 1)
    #expect(RouteTable.all.count { $0.pattern == route.pattern && $0.method == route.method } == 1)
    #expect(!route.responses.isEmpty && !route.summary.isEmpty)
    #expect(Set(route.responses.map(\.status)).count == route.responses.count)
  }

  @Test("the OpenAPI document is JSON and names every route")
  func document() async throws {
    let router = Router(services: try RouterFixture.services())
    let answer = await router.answer(RouterFixture.request(.get, "/openapi.json"))
    guard case .object(let document) = try JSONValue(parsing: Array(RouterFixture.text(answer).utf8)),
      case .object(let paths)? = document["paths"]
    else { throw TestSupportError("not an object") }
    #expect(document["openapi"] == .string("3.1.0"))
    for route in RouteTable.all where route.listeners.contains(.api) {
      guard case .object(let item)? = paths[route.pattern.text] else {
        Issue.record("\(route.pattern) is missing")
        continue
      }
      #expect(item[route.method.rawValue.lowercased()] != nil)
    }
  }

  @Test("a list of statuses has the form that is described, also with nothing and everything known")
  func statusList() throws {
    let moment = Timestamp(microseconds: 1_700_000_000_123_456)
    let empty = BundleStatus(slug: Slug("a")!, stage: .queued, createdAt: moment, updatedAt: moment)
    let route = Route.statusList
    guard case .json(let schema) = route.responses[0].content else { throw TestSupportError("no schema") }
    for statuses in [[], [empty], [empty, empty]] {
      let text = RouterFixture.text(Route.statusList(WireStatus.list(statuses, publicURL: nil)))
      let value = try JSONValue(parsing: Array(text.utf8))
      #expect(schema.complaint(about: value) == nil)
    }
    #expect(schema.complaint(about: .object(["data": .object(["statuses": .array([.object([:])])])])) != nil)
  }

  @Test("a moment as header fields write it")
  func dates() {
    #expect(HTTPDate.text(Timestamp(microseconds: 784_111_777_000_000)) == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(HTTPDate.text(Timestamp(microseconds: 0)) == "Thu, 01 Jan 1970 00:00:00 GMT")
    #expect(HTTPDate.text(Timestamp(microseconds: -1)).hasPrefix("Wed, 31 Dec 1969"))
  }
}
