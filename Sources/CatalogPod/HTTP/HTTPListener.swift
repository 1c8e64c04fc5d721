internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import PodAPI
internal import ProcessControl

/// One address on which requests are answered.
actor HTTPListener {
  private let address: ListenAddress
  private let server: Server<HTTP1Channel>
  private let streams = EndlessStreams()
  private let limits: HTTPLimits
  private let ports: AsyncThrowingStream<Int, any Error>
  private let found: AsyncThrowingStream<Int, any Error>.Continuation
  private var running: Task<Void, any Error>?

  init(_ address: ListenAddress, router: Router, limits: HTTPLimits, group: any EventLoopGroup, log: Logger) {
    self.address = address
    self.limits = limits
    (ports, found) = AsyncThrowingStream.makeStream()
    // The server's own notes would repeat ours.
    var log = log
    log.logLevel = max(log.logLevel, .warning)
    let responder = HTTPResponder(router: router, streams: streams)
    let channel = HTTP1Channel(
      responder: { request, writer, channel in try await responder.respond(to: request, writer, channel) },
      configuration: HTTP1Channel.Configuration(
        additionalChannelHandlers: [ConnectionPatienceHandler(limits)],
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: limits.headerField, maxHeaderListSize: limits.headerList,
          maxHeaderFieldCount: limits.headerCount)))
    server = Server(
      childChannelSetup: channel,
      configuration: ServerConfiguration(
        address: .hostname(address.host, port: address.port),
        availableConnectionsDelegate: .maximum(limits.connections, logger: log)),
      onServerRunning: { [found] channel in
        found.yield(channel.localAddress?.port ?? 0)
        found.finish()
      }, eventLoopGroup: group, logger: log)
  }

  /// Begins to listen. Returns the port, which the system may have chosen.
  func start() async throws(HTTPServerError) -> Int {
    let running = Task { [server, found] in
      do {
        try await server.run()
      } catch {
        found.finish(throwing: error)
        throw error
      }
    }
    self.running = running
    do {
      for try await port in ports { return port }
    } catch {
      throw HTTPServerError("cannot listen on \(address): \(Self.reason(error))")
    }
    throw HTTPServerError("cannot listen on \(address): the server ended")
  }

  /// Takes no more connections, lets running requests end, ends endless ones; after `limits.goodbye` cuts off the rest.
  func stop() async {
    guard let running else { return }
    streams.stop()
    let patience = Task { [limits] in
      try await Task.sleep(for: limits.goodbye)
      running.cancel()
    }
    try? await server.shutdownGracefully()
    _ = await running.result
    patience.cancel()
  }

  private static func reason(_ error: any Error) -> String {
    if let error = error as? IOError { return systemReason(error.errnoCode) }
    return "\(error)"
  }
}
