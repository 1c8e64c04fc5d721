internal import Glibc

/// A port of 127.0.0.1 that nobody else gets by chance, so that a process can be started on it again and again.
///
/// The process must set SO_REUSEADDR on its socket, as servers do.
package final class ReservedPort: Sendable {
  /// The port.
  package let number: Int
  private let socket: Int32

  /// Takes a free one.
  package init() throws(LocalStackError) { (socket, number) = try Loopback.bound(sharing: true) }

  deinit { close(socket) }
}
