import ArtifactStorage
import BundleModel
import BundleStore
import JSON
import Logging
import Postgres
import TestSupport

@testable import PodAPI

/// A router whose database nobody answers for.
enum RouterFixture {
  static func services(
    access: AccessControl = .open, origins: [String] = [],
    observe: @escaping @Sendable (RequestRecord) -> Void = { _ in }
  ) throws -> PodServices {
    PodServices(
      settings: PodAPISettings(pod: "a", owner: OwnerID("o"), version: "1"),
      store: BundleStore(try ConnectionSettings(environment: ["PGHOST": "127.0.0.1", "PGPORT": "1"])),
      artifacts: LocalArtifactStore(root: "/dev/null/none", signingSecret: Secret([1, 2, 3])), access: access,
      origins: AllowedOrigins(origins), log: silent, observe: observe)
  }

  static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  static func request(
    _ method: HTTPMethod, _ target: String, headers: HeaderFields = [:], body: String = ""
  ) -> APIRequest {
    APIRequest(method, RequestTarget(parsing: target)!, headers: headers, body: Array(body.utf8))
  }

  /// Takes a parameter of each kind and a body.
  static func picky(
    access: Route.Access = .scope(.write), rate: Rate? = nil,
    handle: @escaping Route.Handler = { _, _, _ in APIAnswer(204) }
  ) -> Route {
    Route(
      .post, "/things/{id}", operationID: "picky", summary: "", access: access,
      parameters: [.path("id", .integer(1...9)), .query("via", .choice(["a", "b"]))],
      body: Route.RequestBody(
        .object([.required("slug", .text), .optional("force", .boolean)]), isRequired: true, limit: 100),
      responses: [ResponseSpec(204, "Done.")], rate: rate, handle: handle)
  }

  static func text(_ answer: APIAnswer) -> String {
    guard case .bytes(let bytes) = answer.body else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }

  static let readToken = "r-0123456789"
  static let writeToken = "w-0123456789"
}
