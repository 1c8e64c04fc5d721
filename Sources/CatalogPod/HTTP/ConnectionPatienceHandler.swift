internal import NIOCore
internal import NIOHTTPTypes

/// Feeds a connection's events to its `ConnectionPatience` and does what that says. Lives on its event loop.
final class ConnectionPatienceHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private var patience: ConnectionPatience
  private var timers: [ConnectionPatience.Deadline: Scheduled<Void>] = [:]
  private var isWritable = true

  init(_ limits: HTTPLimits) { patience = ConnectionPatience(limits) }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { tell(.opened, context) }
  }

  func handlerRemoved(context: ChannelHandlerContext) { stopAll() }

  func channelActive(context: ChannelHandlerContext) {
    tell(.opened, context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    stopAll()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: tell(.requestHead, context)
    case .body(let buffer): tell(.requestBody(bytes: buffer.readableBytes), context)
    case .end: tell(.requestEnd, context)
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let part = unwrapOutboundIn(data)
    context.write(data, promise: promise)
    if case .end = part { tell(.responseEnd, context) }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable != isWritable {
      isWritable = context.channel.isWritable
      tell(.writable(isWritable), context)
    }
    context.fireChannelWritabilityChanged()
  }

  private func tell(_ event: ConnectionPatience.Event, _ context: ChannelHandlerContext) {
    for action in patience.event(event) {
      switch action {
      case .start(let deadline, let span):
        timers[deadline]?.cancel()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timers[deadline] = context.eventLoop.scheduleTask(in: TimeAmount(span)) {
          let (handler, context) = bound.value
          handler.tell(.deadline(deadline), context)
        }
      case .stop(let deadline): timers.removeValue(forKey: deadline)?.cancel()
      case .close: context.close(promise: nil)
      }
    }
  }

  private func stopAll() {
    for timer in timers.values { timer.cancel() }
    timers = [:]
  }
}
