/// Where the download links in events lead (`APPHUB_BUNDLE_EVENT_URLS`).
package enum EventLinks: Equatable, Sendable {
  /// To the pods' own route, as in lists: it never expires, and needs a token.
  case route
  /// To the same route under the name that programs inside the cluster use; `base` is scheme, host and port.
  case internalRoute(base: String)
  /// To the object itself: who has the event can fetch it without a token until the link expires.
  case signed
}
