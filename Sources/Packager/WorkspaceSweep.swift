/// What dead packaging processes left behind.
package enum WorkspaceSweep {
  /// Removes the workspaces of processes that are gone from a temporary directory; returns how many.
  ///
  /// Meant for a pod's start. Workspaces of living processes are never touched. Fails (class cancelled) only in a
  /// cancelled task, or (class pod) when no thread can be started.
  @discardableResult
  package static func run(temporaryDirectory: String) async throws(PackagingError) -> Int {
    try await OwnThread.run(within: .seconds(600)) { _ in Workspace.sweep(in: temporaryDirectory) }
  }
}
