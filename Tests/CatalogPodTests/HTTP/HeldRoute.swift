@testable import PodAPI

/// `GET /slow`: a request that runs until the test lets it end.
struct HeldRoute {
  /// Answers "in time" once released.
  let route: Route
  private let begun: AsyncStream<Void>
  private let gate: AsyncStream<Void>.Continuation

  init() {
    let (open, gate) = AsyncStream.makeStream(of: Void.self)
    let (begun, began) = AsyncStream.makeStream(of: Void.self)
    route = ServerFixture.route(.get, "/slow") { _, _, _ in
      began.finish()
      for await _ in open {}
      return .bytes(Array("in time".utf8), type: "text/plain")
    }
    self.begun = begun
    self.gate = gate
  }

  /// Waits until a request is held.
  func hasBegun() async {
    for await _ in begun {}
  }

  /// Lets the request end.
  func release() { gate.finish() }
}
