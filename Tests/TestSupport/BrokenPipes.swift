import Glibc

/// A program that goes away while a test writes to it fails that write, and not the whole run of tests.
enum BrokenPipes {
  /// Ignores SIGPIPE from the first use on, for good.
  static let areErrors: Void = { _ = signal(SIGPIPE, SIG_IGN) }()
}
