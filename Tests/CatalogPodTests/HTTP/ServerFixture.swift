import ArtifactStorage
import BundleModel
import BundleStore
import Logging
import PodAPI
import Postgres
import TestSupport

@testable import CatalogPod

/// A server on a free port of 127.0.0.1 with routes of the test's own.
struct ServerFixture {
  let server: HTTPServer
  let port: Int
  let services: PodServices

  /// Runs `body` against a server, and stops it on every path.
  static func with(
    _ routes: [Route] = ServerFixture.routes, limits: HTTPLimits = HTTPLimits(), access: AccessControl = .open,
    _ body: (ServerFixture) async throws -> Void
  ) async throws {
    let services = try Self.services(access: access)
    let server = HTTPServer(
      [(ListenAddress("127.0.0.1:0")!, .api)], routes: routes, services: services, limits: limits)
    let port = try await server.start()[0]
    do {
      try await body(ServerFixture(server: server, port: port, services: services))
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  func connect() throws -> RawConnection { try RawConnection(port: port) }

  /// Sends a request on a connection of its own; everything that comes back.
  func exchange(_ request: String) async throws -> String {
    let connection = try connect()
    await connection.send(request)
    connection.finishSending()
    return await connection.readAll()
  }

  /// Services whose database nobody answers for.
  static func services(access: AccessControl) throws -> PodServices {
    PodServices(
      settings: PodAPISettings(pod: "a", owner: OwnerID("o"), version: "1"),
      store: BundleStore(try ConnectionSettings(environment: ["PGHOST": "127.0.0.1", "PGPORT": "1"])),
      artifacts: LocalArtifactStore(root: "/dev/null/none", signingSecret: Secret([1, 2, 3])), access: access,
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// `GET /small`, and `POST /echo` that takes 1,000 bytes.
  static let routes = [
    route(.get, "/small") { _, _, _ in .bytes(Array("small".utf8), type: "text/plain") },
    route(
      .post, "/echo", body: Route.RequestBody(.any, isRequired: false, limit: 1000)
    ) { request, _, _ in .bytes(request.body, type: "application/json") },
  ]

  static func route(
    _ method: HTTPMethod, _ pattern: String, access: Route.Access = .open, body: Route.RequestBody? = nil,
    handle: @escaping Route.Handler
  ) -> Route {
    Route(
      method, pattern, operationID: pattern, summary: "", access: access, body: body, responses: [],
      deadline: .seconds(60), handle: handle)
  }
}
