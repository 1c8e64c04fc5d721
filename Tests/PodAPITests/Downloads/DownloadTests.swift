import ArtifactStorage
import BundleModel
import HTTPTransport
import Hashing
import JSON
import TestSupport
import Testing

@testable import PodAPI

@Suite("Downloads")
struct DownloadTests {
  typealias Fixture = DownloadFixture

  @Test("an archive of several pieces arrives whole, and in parts", arguments: Fixture.Backend.allCases)
  func streams(backend: Fixture.Backend) async throws {
    try await Fixture.with(backend) { fixture in
      let bytes = Fixture.bytes(2 << 20 + 17)
      let checksum = try await fixture.add("demo", bytes)
      let path = Fixture.path("Demo", query: "via=stream")
      let whole = await fixture.ask(path)
      #expect(whole.status == 200 && whole.failure == nil && whole.length == Int64(bytes.count))
      #expect(whole.body == bytes)
      #expect(whole.headers["content-type"] == "application/gzip")
      #expect(whole.headers["content-disposition"] == "attachment; filename=\"demo-1.0.tgz\"")
      #expect(whole.headers["etag"] == "\"\(checksum.hex)\"")
      #expect(whole.headers["accept-ranges"] == "bytes")
      #expect(whole.headers["cache-control"] == "no-store")

      for range in [0..<1, 1_048_570..<1_048_590, 5..<2_097_169, 2_097_168..<2_097_169, 0..<2_097_169] {
        let field = "bytes=\(range.lowerBound)-\(range.upperBound - 1)"
        let part = await fixture.ask(path, headers: ["range": field, "if-range": "\"\(checksum.hex)\""])
        #expect(part.status == 206 && part.failure == nil && part.length == Int64(range.count))
        #expect(part.headers["content-range"] == "\(field.replacing("=", with: " "))/\(bytes.count)")
        #expect(part.body == Array(bytes[range]), "\(field)")
      }
      let tail = await fixture.ask(path, headers: ["range": "bytes=-10"])
      #expect(tail.status == 206 && tail.body == Array(bytes.suffix(10)))
      // Of another content no part is of use.
      let other = await fixture.ask(path, headers: ["range": "bytes=0-9", "if-range": "\"other\""])
      #expect(other.status == 200 && other.body == bytes)
      let beyond = await fixture.ask(path, headers: ["range": "bytes=\(bytes.count)-"])
      #expect(beyond.status == 416 && beyond.headers["content-range"] == "bytes */\(bytes.count)")
      let known = await fixture.ask(path, headers: ["if-none-match": "\"\(checksum.hex)\""])
      #expect(known.status == 304 && known.body.isEmpty && known.headers["etag"] != nil)
      let head = await fixture.ask(path, .head, headers: ["range": "bytes=0-9"])
      #expect(head.status == 200 && head.body.isEmpty)
      #expect(head.headers["content-length"] == "\(bytes.count)")
    }
  }

  @Test("an empty archive is one", arguments: Fixture.Backend.allCases)
  func empty(backend: Fixture.Backend) async throws {
    try await Fixture.with(backend) { fixture in
      try await fixture.add("none", [])
      let answer = await fixture.ask(Fixture.path("none", query: "via=stream"))
      #expect(answer.status == 200 && answer.length == 0 && answer.body.isEmpty && answer.failure == nil)
    }
  }

  @Test("who asks is asked first, then the form, then the row", arguments: Fixture.Backend.allCases)
  func refusals(backend: Fixture.Backend) async throws {
    try await Fixture.with(backend) { fixture in
      try await fixture.add("demo", [1, 2, 3])
      #expect(await fixture.ask(Fixture.path("demo", query: "via=pigeon"), as: [:]).status == 401)
      #expect(
        await fixture.ask(Fixture.path("demo"), as: ["authorization": "Bearer \(RouterFixture.writeToken)"]).status
          == 403)
      let form = await fixture.ask(Fixture.path("demo", query: "via=pigeon"))
      #expect(form.status == 400 && form.text.contains("\"via\":[\"Invalid enum value."))
      #expect(await fixture.ask(Fixture.path("")).status == 400)
      for path in [Fixture.path("other"), Fixture.path("demo", "f2"), Fixture.path("%20")] {
        let missing = await fixture.ask(path)
        #expect(missing.status == 404 && missing.text == #"{"error":"example bundle status not found"}"#, "\(path)")
      }
    }
  }

  @Test("what is rebuilt, failed or gone from the status is served as long as the artifact is there")
  func rebuild() async throws {
    try await Fixture.with(.directory) { fixture in
      try await fixture.add("demo", [1, 2, 3])
      for (state, stage) in [("running", "packaging"), ("failed", "failed"), ("queued", "queued")] {
        try await fixture.database.psql(
          """
          insert into example_bundle_status (slug, fingerprint, stage, state) values ('demo', 'f2', '\(stage)', '\(state)')
            on conflict (slug) do update set fingerprint = 'f2', stage = '\(stage)', state = '\(state)'
          """)
        #expect(await fixture.ask(Fixture.path("demo")).body == [1, 2, 3], "\(state)")
      }
    }
  }

  @Test("the stored name and type are made harmless")
  func names() async throws {
    try await Fixture.with(.directory) { fixture in
      try await fixture.add("demo", [1], filename: "a\"b\\\r\nset-cookie: x é.tgz", contentType: "text")
      let answer = await fixture.ask(Fixture.path("demo"))
      #expect(
        answer.headers["content-disposition"]
          == "attachment; filename=\"a_b___set-cookie: x _.tgz\"; "
          + "filename*=UTF-8''a%22b%5C%0D%0Aset-cookie%3A%20x%20%C3%A9.tgz")
      #expect(answer.headers["content-type"] == "application/octet-stream")
    }
  }

  // MARK: - Links

  @Test("a bucket's archive is fetched by a link for where the caller is, signed now and recorded")
  func redirects() async throws {
    let hosts: Set<String> = ["pods.internal", "pods.other:8080", "[fd00::1]"]
    try await Fixture.with(.bucket, publicHost: "localhost") { fixture in
      let bytes = Fixture.bytes(1000)
      try await fixture.add("demo", bytes)
      let pod = fixture.pod(internalHosts: hosts)
      for (query, host, place) in [
        ("", "apphub.example", "localhost"), ("", "pods.internal", "127.0.0.1"),
        ("", "PODS.internal:81", "127.0.0.1"),
        ("", "pods.other", "localhost"), ("", "pods.other:8080", "127.0.0.1"), ("", "[fd00::1]", "127.0.0.1"),
        ("", "[fd00::1]:80", "127.0.0.1"), ("via=public", "pods.internal", "localhost"),
        ("via=internal", "apphub.example", "127.0.0.1"),
      ] {
        let answer = await fixture.ask(Fixture.path("demo", query: query), headers: ["host": host], of: pod)
        let link = try #require(answer.headers["location"])
        #expect(answer.status == 302 && link.hasPrefix("http://\(place):"), "\(query) \(host)")
        #expect(link.contains("X-Amz-Expires=300"))
        #expect(answer.headers["cache-control"] == "no-store")
        #expect(answer.headers["referrer-policy"] == "no-referrer")
        let fetched = try await HTTPClient().send(HTTPRequest(.get, link, limits: .within(.seconds(30))))
        #expect(fetched.status == 200 && fetched.body == bytes)
        #expect(fetched.headers["content-disposition"] == "attachment; filename=\"demo-1.0.tgz\"")
      }
      let stream = await fixture.ask(Fixture.path("demo", query: "via=stream"), of: pod)
      #expect(stream.status == 200 && stream.body == bytes)
      // A link answers GET alone, so HEAD is answered here.
      #expect(await fixture.ask(Fixture.path("demo"), .head, of: pod).headers["content-length"] == "1000")

      let audit = try await fixture.database.psql(
        "select who, slug, result, detail->>'via', count(*) from example_bundle_operations group by 1, 2, 3, 4 order by 4"
      )
      #expect(audit == "reader|demo|signed|internal|6\nreader|demo|signed|public|3")
      let rows = try await fixture.database.psql("select o::text from example_bundle_operations o")
      #expect(!rows.contains("X-Amz") && !rows.contains("http"))
    }
  }
}
