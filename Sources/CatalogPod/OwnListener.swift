package import BundleModel

/// How a pod reaches its own API, as its clients do.
package struct OwnListener: Sendable {
  /// Scheme, host and port that it listens on.
  package var url: String
  /// Made when the process started, known to nobody else.
  package var token: Secret<String>

  package init(url: String, token: Secret<String>) {
    self.url = url
    self.token = token
  }
}
