import S3
import Synchronization
import Testing

@testable import ArtifactStorage

@Suite struct ConditionalWritesTests {
  /// A server by what it says to a conditional put and to a plain one.
  private final class Server: Sendable {
    let seen = Mutex<[PutCondition]>([])
    let answer: @Sendable (PutCondition) -> S3Error?
    init(_ answer: @escaping @Sendable (PutCondition) -> S3Error?) { self.answer = answer }

    func put(_ condition: PutCondition) throws(S3Error) {
      seen.withLock { $0.append(condition) }
      if let error = answer(condition) { throw error }
    }

    func seenAll() -> [PutCondition] { seen.withLock { $0 } }
  }

  private static func error(_ status: Int, _ code: String, _ kind: S3Error.Kind) -> S3Error {
    S3Error(kind: kind, status: status, code: code, message: code)
  }

  @Test func everyPutSaysTheCondition() async throws {
    let server = Server { _ in nil }
    let writes = ConditionalWrites()
    for _ in 0..<3 { try await writes.put { condition throws(S3Error) in try server.put(condition) } }
    #expect(server.seenAll() == [.ifAbsent, .ifAbsent, .ifAbsent], "one request each")
  }

  @Test(arguments: [(501, "NotImplemented"), (501, "HTTP501"), (400, "NotImplemented")])
  func serversThatRefuseTheHeaderAreRemembered(_ status: Int, _ code: String) async throws {
    let server = Server { $0 == .none ? nil : Self.error(status, code, .invalidRequest) }
    let writes = ConditionalWrites()
    for _ in 0..<3 { try await writes.put { condition throws(S3Error) in try server.put(condition) } }
    #expect(server.seenAll() == [.ifAbsent, .none, .none, .none])
  }

  @Test(arguments: [
    (412, "PreconditionFailed", S3Error.Kind.preconditionFailed), (400, "InvalidArgument", .invalidRequest),
    (403, "AccessDenied", .denied), (503, "SlowDown", .throttled), (500, "InternalError", .serverError),
  ])
  func otherErrorsAreErrors(_ status: Int, _ code: String, _ kind: S3Error.Kind) async throws {
    let server = Server { _ in Self.error(status, code, kind) }
    let writes = ConditionalWrites()
    for _ in 0..<2 {
      await #expect(throws: Self.error(status, code, kind)) {
        try await writes.put { condition throws(S3Error) in try server.put(condition) }
      }
    }
    #expect(server.seenAll() == [.ifAbsent, .ifAbsent], "nothing was put without the condition")
  }

  /// What fails without the header, too, says nothing about the header.
  @Test func aServerThatRefusesAllIsNotRemembered() async throws {
    let server = Server { _ in Self.error(501, "NotImplemented", .invalidRequest) }
    let writes = ConditionalWrites()
    for _ in 0..<2 {
      await #expect(throws: S3Error.self) {
        try await writes.put { condition throws(S3Error) in try server.put(condition) }
      }
    }
    #expect(server.seenAll() == [.ifAbsent, .none, .ifAbsent, .none])
  }
}
