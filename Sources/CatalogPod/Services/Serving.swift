/// Stops the HTTP server in good order as soon as the pod is asked to go. It listens before the pod works, so that
/// probes are answered while the database is waited for.
struct Serving: PodService {
  let server: HTTPServer

  func run() async {
    let (asked, waiting) = AsyncStream<Never>.makeStream()
    for await _ in asked {}
    waiting.finish()
    await Task { [server] in await server.stop() }.value
  }
}
