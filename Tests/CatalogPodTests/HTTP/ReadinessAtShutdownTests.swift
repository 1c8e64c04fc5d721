import PodAPI
import TestSupport
import Testing

@testable import CatalogPod

@Suite("Readiness of a pod that goes", .timeLimit(.minutes(2)))
struct ReadinessAtShutdownTests {
  @Test("says so on the address of monitoring while the last requests end")
  func saysSo() async throws {
    let slow = HeldRoute()
    let services = try ServerFixture.services(access: .open)
    let server = HTTPServer(
      [(ListenAddress("127.0.0.1:0")!, .api), (ListenAddress("127.0.0.1:0")!, .metrics)],
      routes: RouteTable.all + [slow.route], services: services)
    let ports = try await server.start()
    let running = try RawConnection(port: ports[0])
    await running.send("GET /slow HTTP/1.1\r\nhost: a\r\n\r\n")
    await slow.hasBegun()
    let stopping = Task { await server.stop() }
    try await eventually(within: .seconds(60), "readiness says that the pod stops") {
      let connection = try RawConnection(port: ports[1])
      await connection.send("GET /health/ready HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
      let answer = await connection.readAll()
      return answer.hasPrefix("HTTP/1.1 503") && answer.contains("\"status\":\"stopping\"")
    }
    slow.release()
    #expect(await running.readAll().hasSuffix("in time"))
    await stopping.value
  }
}
