import PodAPI
import TestSupport
import Testing

@testable import CatalogPod

@Suite("What a client may take of a pod")
struct HTTPLimitTests {
  @Test(
    "a client that drips bytes is cut off",
    arguments: [
      "GET /small HTTP/1.1\r\nhost: a\r\nx-slow: ",
      "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 900\r\n\r\n ",
      "GET /small HTTP/1.1\r\nhost: a\r\n\r\nGET /sm",
    ])
  func slowLoris(beginning: String) async throws {
    let limits = HTTPLimits(head: .milliseconds(300), idle: .milliseconds(300), body: .milliseconds(300))
    try await ServerFixture.with(limits: limits) { fixture in
      let connection = try fixture.connect()
      await connection.send(beginning)
      try await eventually(within: .seconds(60), "the drip meets a closed door") {
        await connection.send("x") == false
      }
      // A third of a second is not much on a busy machine, for us neither.
      try await eventually("others are served") {
        try await fixture.exchange("GET /small HTTP/1.1\r\nhost: a\r\n\r\n").hasSuffix("small")
      }
    }
  }

  @Test("a client that sends nothing is cut off")
  func silent() async throws {
    try await ServerFixture.with(limits: HTTPLimits(head: .milliseconds(200))) { fixture in
      let connection = try fixture.connect()
      #expect(await connection.readAll() == "")
    }
  }

  @Test(
    "a head of a megabyte is refused",
    arguments: [
      "GET /small HTTP/1.1\r\nhost: a\r\nx-large: \(String(repeating: "x", count: 1 << 20))\r\n\r\n",
      "GET /\(String(repeating: "x", count: 1 << 20)) HTTP/1.1\r\nhost: a\r\n\r\n",
      "GET /small HTTP/1.1\r\nhost: a\r\n\(String(repeating: "x-a: 1234567890\r\n", count: 65_536))\r\n",
    ])
  func largeHead(request: String) async throws {
    try await ServerFixture.with { fixture in
      let connection = try fixture.connect()
      await connection.send(request)
      let answer = await connection.readAll()
      #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer.prefix(200))")
      #expect(try await fixture.exchange("GET /small HTTP/1.1\r\nhost: a\r\n\r\n").hasSuffix("small"))
    }
  }

  @Test("a body up to the route's limit is taken, one byte more is not")
  func bodyLimit() async throws {
    let whole = "\"" + String(repeating: "x", count: 998) + "\""
    try await ServerFixture.with { fixture in
      let head = "POST /echo HTTP/1.1\r\nhost: a\r\n"
      let taken = try await fixture.exchange("\(head)content-length: 1000\r\n\r\n\(whole)")
      #expect(taken.hasPrefix("HTTP/1.1 200") && taken.hasSuffix(whole), "\(taken.prefix(200))")
      let announced = try await fixture.exchange("\(head)content-length: 1001\r\n\r\n \(whole)")
      #expect(announced.hasPrefix("HTTP/1.1 413"), "\(announced.prefix(200))")
      let chunked = try await fixture.exchange(
        "\(head)transfer-encoding: chunked\r\n\r\n3e8\r\n\(whole)\r\n1\r\n \r\n0\r\n\r\n")
      #expect(chunked.hasPrefix("HTTP/1.1 413"), "\(chunked.prefix(200))")
    }
  }

  @Test("a body that nobody wants is read for a while, then the connection ends")
  func unwantedBody() async throws {
    try await ServerFixture.with(limits: HTTPLimits(unwanted: 65_536)) { fixture in
      let connection = try fixture.connect()
      await connection.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 10000000000\r\n\r\n")
      #expect(await connection.readAnswer().hasPrefix("HTTP/1.1 413"))
      var sent = 0
      let piece = [UInt8](repeating: 32, count: 65_536)
      while sent < 256 << 20, await connection.send(piece) { sent += piece.count }
      // What the system's own buffers hold comes on top.
      #expect(sent < 64 << 20)
    }
  }

  @Test("no more connections than allowed are served at a time")
  func connectionCap() async throws {
    try await ServerFixture.with(limits: HTTPLimits(connections: 2)) { fixture in
      let request = "GET /small HTTP/1.1\r\nhost: a\r\n\r\n"
      var served: [RawConnection] = []
      for _ in 0..<2 {
        served.append(try fixture.connect())
        await served[served.count - 1].send(request)
        #expect(await served[served.count - 1].readAnswer().hasSuffix("small"))
      }
      let third = try fixture.connect()
      await third.send(request)
      #expect(await third.hasInput(within: 500) == false)
      served.removeFirst()
      #expect(await third.readAnswer().hasSuffix("small"))
    }
  }

  @Test("a client that takes nothing is cut off")
  func stalledReader() async throws {
    let (ended, end) = AsyncStream.makeStream(of: Void.self)
    let route = ServerFixture.route(.get, "/large") { _, _, _ in
      APIAnswer(
        200,
        body: .stream(length: nil) { sink in
          defer { end.finish() }
          let piece = [UInt8](repeating: 0, count: 1 << 20)
          for _ in 0..<1024 { try await sink.write(piece) }
          Issue.record("a gigabyte went to somebody who reads nothing")
        })
    }
    try await ServerFixture.with([route], limits: HTTPLimits(stall: .milliseconds(300))) { fixture in
      let connection = try fixture.connect()
      await connection.send("GET /large HTTP/1.1\r\nhost: a\r\n\r\n")
      for await _ in ended {}
      await connection.send("")
    }
  }
}
