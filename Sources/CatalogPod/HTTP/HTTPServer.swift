internal import NIOCore
internal import NIOPosix
package import PodAPI

/// The addresses on which one pod answers: its API, and what only monitoring reaches.
package actor HTTPServer {
  private let services: PodServices
  private let group: MultiThreadedEventLoopGroup
  private let listeners: [HTTPListener]
  private var isStopped = false

  /// - Parameters:
  ///   - addresses: what is offered where.
  ///   - routes: all routes; each listener takes its own.
  package init(
    _ addresses: [(address: ListenAddress, offers: Route.Listener)], routes: [Route] = RouteTable.all,
    services: PodServices, limits: HTTPLimits = HTTPLimits()
  ) {
    self.services = services
    // One thread moves bytes for all connections; handlers run elsewhere.
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    self.group = group
    listeners = addresses.map { address, offers in
      HTTPListener(
        address, router: Router(routes, listener: offers, services: services), limits: limits, group: group,
        log: services.log)
    }
  }

  /// Begins to listen everywhere. Returns the ports in the order of the addresses; throws when one is not to be had,
  /// and then listens nowhere.
  package func start() async throws(HTTPServerError) -> [Int] {
    var ports: [Int] = []
    do throws(HTTPServerError) {
      for listener in listeners { ports.append(try await listener.start()) }
    } catch {
      await stop()
      throw error
    }
    return ports
  }

  /// Stops in good order: the pod is no longer ready, takes no connection, lets running requests end. Monitoring can
  /// look until the end. Safe to call more than once.
  package func stop() async {
    services.life.stop()
    guard !isStopped else { return }
    isStopped = true
    for listener in listeners { await listener.stop() }
    try? await group.shutdownGracefully()
  }
}
