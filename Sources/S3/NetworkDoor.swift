/// How all requests of a client leave this machine.
struct NetworkDoor: Sendable {
  var trust = S3Trust()
  var proxy: S3Proxy?
}
