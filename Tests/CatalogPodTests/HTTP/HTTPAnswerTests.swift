import PodAPI
import TestSupport
import Testing

@testable import CatalogPod

@Suite("Answers over a socket")
struct HTTPAnswerTests {
  @Test("HEAD answers as GET does, without the body; the connection goes on")
  func head() async throws {
    try await ServerFixture.with { fixture in
      let answers = try await fixture.exchange(
        "HEAD /small HTTP/1.1\r\nhost: a\r\n\r\nGET /small HTTP/1.1\r\nhost: a\r\n\r\n")
      let parts = answers.split(separator: "HTTP/1.1 200 OK", omittingEmptySubsequences: false)
      try #require(parts.count == 3, "\(answers)")
      #expect(parts[1].lowercased().contains("content-length: 5") && parts[1].hasSuffix("\r\n\r\n"))
      #expect(parts[2].hasSuffix("\r\n\r\nsmall"))
    }
  }

  @Test(
    "requests that no route takes",
    arguments: [
      ("OPTIONS /small", "204", "allow: GET, HEAD, OPTIONS"),
      ("POST /small", "405", "allow: GET, HEAD, OPTIONS"),
      ("DELETE /echo", "405", "allow: OPTIONS, POST"),
      ("PATCH /echo", "405", "allow: OPTIONS, POST"),
      ("GET /nowhere", "404", "cache-control: no-store"),
      ("GET /%zz", "400", "x-request-id: "),
      ("GET /small?a=%", "400", "x-request-id: "),
      ("GET small", "400", ""),
    ])
  func refused(request: String, status: String, field: String) async throws {
    try await ServerFixture.with { fixture in
      let answer = try await fixture.exchange("\(request) HTTP/1.1\r\nhost: a\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 \(status)"), "\(answer)")
      #expect(answer.contains(field), "\(answer)")
    }
  }

  @Test("a body is asked for only when the head is admitted")
  func expectContinue() async throws {
    try await ServerFixture.with { fixture in
      let connection = try fixture.connect()
      await connection.send("POST /echo HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n")
      #expect(await connection.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 100"))
      await connection.send("{}")
      #expect(await connection.readAnswer().hasSuffix("{}"))
      let refused = try fixture.connect()
      await refused.send("POST /echo HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2000\r\n\r\n")
      #expect(await refused.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 413"))
    }
  }

  @Test("a stream that ends too early is seen as cut off", arguments: [10, nil] as [Int64?])
  func shortStream(length: Int64?) async throws {
    struct Broken: Error {}
    let route = ServerFixture.route(.get, "/broken") { _, _, _ in
      APIAnswer(
        200,
        body: .stream(length: length) { sink in
          try await sink.write(Array("half".utf8))
          if length == nil { throw Broken() }
        })
    }
    try await ServerFixture.with([route]) { fixture in
      let answer = try await fixture.exchange("GET /broken HTTP/1.1\r\nhost: a\r\n\r\n")
      #expect(answer.contains("half"))
      #expect(!answer.hasSuffix("0\r\n\r\n"))
    }
  }

  @Test("an endless stream is cancelled when its client goes", arguments: [false, true])
  func clientGone(reset: Bool) async throws {
    let (ended, end) = AsyncStream.makeStream(of: Void.self)
    let route = ServerFixture.route(.get, "/events") { _, _, _ in
      APIAnswer(
        200,
        body: .endless { sink in
          defer { end.finish() }
          try await sink.write(Array("first\n".utf8))
          for await _ in AsyncStream<Never>.makeStream().stream {}
        })
    }
    try await ServerFixture.with([route]) { fixture in
      let connection = try fixture.connect()
      await connection.send("GET /events HTTP/1.1\r\nhost: a\r\n\r\n")
      #expect(await connection.read(until: "first\n").contains("first\n"))
      if reset { connection.reset() } else { connection.finishSending() }
      for await _ in ended {}
    }
  }

  @Test("bytes that are no HTTP do no harm")
  func garbage() async throws {
    try await ServerFixture.with { fixture in
      for garbage in [
        "\u{16}\u{3}\u{1}\u{0}", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /small HTTP/1.1\r\nno colon\r\n\r\n",
      ] {
        let answer = try await fixture.exchange(garbage)
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(garbage) \(answer)")
      }
      #expect(try await fixture.exchange("GET /small HTTP/1.1\r\nhost: a\r\n\r\n").hasSuffix("small"))
    }
  }
}
