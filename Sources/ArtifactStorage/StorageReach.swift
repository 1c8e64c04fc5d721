internal import BundleModel
internal import Glibc
package import HTTPTransport

/// How a service is reached: whose certificates are believed, and through which proxy.
package struct StorageReach: Sendable {
  package var trust: TLSTrust
  package var proxy: HTTPProxy?

  /// Reads `APPHUB_BUNDLE_STORAGE_CA_FILE`, `_CA_DIR` and `_PROXY`.
  ///
  /// - Throws: `.configuration`; the message names the variable, and never a proxy's login.
  package init(environment: [String: String]) throws(StorageError) {
    try self.init(StorageVariables(environment: environment))
  }

  init(_ variables: StorageVariables) throws(StorageError) {
    trust = TLSTrust(
      certificateFile: try StorageReach.readable(variables, "CA_FILE"),
      certificateDirectory: try StorageReach.readable(variables, "CA_DIR"))
    proxy = try StorageReach.proxy(variables)
  }

  /// A path that can be read now: libcurl would only say so at the first request.
  private static func readable(_ variables: StorageVariables, _ name: String) throws(StorageError) -> String? {
    guard let path = variables[name] else { return nil }
    var info = stat()
    guard access(path, R_OK) == 0, stat(path, &info) == 0 else {
      throw StorageVariables.wrong(name, "is '\(UntrustedText.line(path, limit: 300))', which cannot be read")
    }
    guard (info.st_mode & S_IFMT == S_IFDIR) == (name == "CA_DIR") else {
      throw StorageVariables.wrong(
        name, "is '\(UntrustedText.line(path, limit: 300))': \(name == "CA_DIR" ? "no directory" : "a directory")")
    }
    return path
  }

  private static func proxy(_ variables: StorageVariables) throws(StorageError) -> HTTPProxy? {
    guard let text = variables["PROXY"] else { return nil }
    guard let proxy = HTTPProxy(text) else {
      throw StorageVariables.wrong(
        "PROXY", "is not an address like http://host:port or http://user:password@host:port")
    }
    return proxy
  }
}
