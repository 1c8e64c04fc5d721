/// What one command may touch and use.
struct Confinement: Equatable, Sendable {
  /// Nil: no sandbox; then only the limits count.
  var kind: SandboxKind?
  /// Paths that it may read and execute, with all below.
  var readable: [String] = []
  /// Paths that it may also change.
  var writable: [String] = []
  /// An empty directory that `.namespaces` needs for its view of the files.
  var view: String?
  /// Whether it may make connections.
  var network = false
  var usage = UsageLimits.unlimited
}
