/// How all requests of a client leave this machine.
package struct NetworkDoor: Sendable {
  /// Whose certificates are believed.
  package var trust: TLSTrust
  /// Nil: straight to the server, whatever the environment says.
  package var proxy: HTTPProxy?

  package init(trust: TLSTrust = TLSTrust(), proxy: HTTPProxy? = nil) {
    self.trust = trust
    self.proxy = proxy
  }
}
