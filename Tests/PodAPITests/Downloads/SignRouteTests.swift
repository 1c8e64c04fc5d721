import BundleModel
import HTTPTransport
import JSON
import TestSupport
import Testing

@testable import PodAPI

@Suite("Signed links on request")
struct SignRouteTests {
  typealias Fixture = DownloadFixture

  private func document(_ answer: Answered) throws -> JSONObject {
    let schema = try #require(Route.sign.responses.first { $0.status == 200 })
    guard case .json(let form) = schema.content else { throw TestSupportError("no schema") }
    let value = try JSONValue(parsing: answer.body)
    #expect(form.complaint(about: value) == nil)
    guard case .object(let envelope) = value, case .object(let data)? = envelope["data"] else {
      throw TestSupportError("no data in \(answer.text)")
    }
    return data
  }

  private func sign(
    _ fixture: DownloadFixture, _ slug: String, _ body: String = "", as caller: HeaderFields = Fixture.reader,
    of pod: Router? = nil
  ) async -> Answered {
    await fixture.ask("/examples/bundles/\(slug)/sign", .post, body: body, as: caller, of: pod)
  }

  @Test("a link to the newest artifact, for as long as asked, recorded without its text")
  func signs() async throws {
    try await Fixture.with(.bucket) { fixture in
      let checksum = try await fixture.add("demo", [1, 2, 3])
      for (body, seconds) in [("", 300), ("{}", 300), (#"{"ttl":1}"#, 1), (#"{"ttl":900}"#, 900)] {
        let answer = await sign(fixture, "DEMO", body)
        #expect(answer.status == 200 && answer.headers["cache-control"] == "no-store")
        #expect(answer.headers["referrer-policy"] == "no-referrer")
        let data = try document(answer)
        guard case .string(let url)? = data["url"] else { throw TestSupportError("no url") }
        #expect(url.contains("X-Amz-Expires=\(seconds)&"))
        #expect(data["checksum"] == .string(checksum.hex))
        if seconds > 1 {
          let fetched = try await HTTPClient().send(HTTPRequest(.get, url, limits: .within(.seconds(30))))
          #expect(fetched.status == 200 && fetched.body == [1, 2, 3])
        }
      }
      #expect(
        try await fixture.database.psql("select distinct what, who, slug, result from example_bundle_operations")
          == "sign|reader|demo|signed")
      #expect(
        !(try await fixture.database.psql("select o::text from example_bundle_operations o")).contains("X-Amz"))
    }
  }

  @Test("a directory's links are paths of the pods, absolute where their name is known")
  func directory() async throws {
    try await Fixture.with(.directory) { fixture in
      try await fixture.add("demo", [1, 2, 3])
      guard case .string(let path)? = try document(await sign(fixture, "demo"))["url"] else {
        throw TestSupportError("no url")
      }
      #expect(path.hasPrefix(Fixture.path("demo") + "?expires="))
      #expect(await fixture.ask(path, as: [:]).body == [1, 2, 3])
      let pod = fixture.pod(publicURL: "https://apphub.example")
      guard case .string(let url)? = try document(await sign(fixture, "demo", of: pod))["url"] else {
        throw TestSupportError("no url")
      }
      #expect(url.hasPrefix("https://apphub.example" + Fixture.path("demo")))
    }
  }

  @Test("requests that get no link")
  func refusals() async throws {
    try await Fixture.with(.directory) { fixture in
      try await fixture.add("demo", [1, 2, 3])
      #expect(await sign(fixture, "demo", as: [:]).status == 401)
      #expect(
        await sign(fixture, "demo", as: ["authorization": "Bearer \(RouterFixture.writeToken)"]).status == 403)
      for body in [
        #"{"ttl":0}"#, #"{"ttl":901}"#, #"{"ttl":-1}"#, #"{"ttl":1.5}"#, #"{"ttl":"60"}"#, #"{"ttl":1e99}"#,
        #"{"TTL":60}"#, "[]", "null", "{",
      ] {
        #expect(await sign(fixture, "demo", body).status == 400, "\(body)")
      }
      let unknown = await sign(fixture, "other")
      #expect(unknown.status == 404 && unknown.text == #"{"error":"example bundle artifact not found"}"#)
      #expect(await sign(fixture, "%20").status == 404)
      #expect(try await fixture.database.psql("select count(*) from example_bundle_operations") == "0")
    }
  }

  @Test("one caller gets so many, and is told when to come again")
  func rate() async throws {
    try await Fixture.with(.directory) { fixture in
      try await fixture.add("demo", [1, 2, 3])
      let pod = fixture.pod()
      let answers = await withTaskGroup { group in
        for _ in 0..<60 { group.addTask { await sign(fixture, "demo", of: pod) } }
        return await group.reduce(into: [Answered]()) { $0.append($1) }
      }
      // One more a second, while these are answered.
      let refused = answers.filter { $0.status == 429 }
      #expect(!refused.isEmpty && answers.count - refused.count >= 20)
      #expect(refused.allSatisfy { $0.headers["retry-after"] == "1" })
      #expect(await fixture.ask(Fixture.path("demo"), of: pod).status == 200)
    }
  }
}
