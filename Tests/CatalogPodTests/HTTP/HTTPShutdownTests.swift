import PodAPI
import TestSupport
import Testing

@testable import CatalogPod

@Suite("A server that is asked to stop")
struct HTTPShutdownTests {
  @Test("running requests end, idle connections and endless streams are ended, nobody new is taken")
  func goodOrder() async throws {
    let slow = HeldRoute()
    let events = ServerFixture.route(.get, "/events") { _, _, _ in
      APIAnswer(
        200,
        body: .endless { sink in
          try await sink.write(Array("first\n".utf8))
          for await _ in AsyncStream<Never>.makeStream().stream {}
        })
    }
    try await ServerFixture.with([slow.route, events] + ServerFixture.routes) { fixture in
      let (running, streaming, idle) = (try fixture.connect(), try fixture.connect(), try fixture.connect())
      await running.send("GET /slow HTTP/1.1\r\nhost: a\r\n\r\n")
      await streaming.send("GET /events HTTP/1.1\r\nhost: a\r\n\r\n")
      await idle.send("GET /small HTTP/1.1\r\nhost: a\r\n\r\n")
      #expect(await idle.readAnswer().hasSuffix("small"))
      _ = await streaming.read(until: "first\n")
      await slow.hasBegun()
      #expect(!fixture.services.life.isStopping)

      let stopping = Task { await fixture.server.stop() }
      #expect(await streaming.readAll().hasSuffix("0\r\n\r\n"))
      #expect(fixture.services.life.isStopping)
      #expect(await idle.readAll() == "")
      try await eventually(within: .seconds(30), "nobody is taken any more") {
        do {
          return try await fixture.connect().readAll() == ""
        } catch {
          return true
        }
      }
      slow.release()
      #expect(await running.readAll().hasSuffix("in time"))
      await stopping.value
    }
  }

  @Test("what does not end in time is cut off")
  func impatient() async throws {
    let slow = HeldRoute()
    try await ServerFixture.with([slow.route], limits: HTTPLimits(goodbye: .milliseconds(200))) { fixture in
      let connection = try fixture.connect()
      await connection.send("GET /slow HTTP/1.1\r\nhost: a\r\n\r\n")
      await slow.hasBegun()
      await fixture.server.stop()
    }
  }

  @Test("an address that is taken is named")
  func taken() async throws {
    try await ServerFixture.with { fixture in
      let second = HTTPServer(
        [(ListenAddress("127.0.0.1:\(fixture.port)")!, .api)], services: fixture.services)
      let failure = await #expect(throws: HTTPServerError.self) { try await second.start() }
      #expect(failure?.message.contains("127.0.0.1:\(fixture.port): Address already in use") == true)
    }
  }
}
