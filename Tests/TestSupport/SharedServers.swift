internal import Glibc
package import LocalStack
internal import Synchronization

/// The servers that all tests of this process share: started by the first test that needs them, stopped at exit.
///
/// Whatever ends the process, their lifelines stop them; the exit handler also removes their directory.
package enum SharedServers {
  private struct State {
    var directory: StackDirectory?
    var postgres: Task<LocalPostgres, any Error>?
    var objectStore: Task<LocalS3, any Error>?
    var stops: [@Sendable () -> Void] = []
  }

  private static let state = Mutex(State())

  /// The shared Postgres.
  package static func postgres() async throws -> LocalPostgres {
    let task = state.withLock { state in
      let task =
        state.postgres
        ?? Task {
          let server = try await LocalPostgres.start(in: try await directory())
          atExit { server.stopBlocking() }
          return server
        }
      state.postgres = task
      return task
    }
    return try await task.value
  }

  /// The shared S3 server.
  package static func objectStore() async throws -> LocalS3 {
    let task = state.withLock { state in
      let task =
        state.objectStore
        ?? Task {
          let server = try await LocalS3.start(in: try await directory())
          atExit { server.stopBlocking() }
          return server
        }
      state.objectStore = task
      return task
    }
    return try await task.value
  }

  /// The directory of this process's servers.
  private static func directory() async throws -> StackDirectory {
    BrokenPipes.areErrors
    await Sweep.run()
    return try state.withLock { state in
      if let directory = state.directory { return directory }
      let directory = try StackDirectory.create()
      state.directory = directory
      atexit { SharedServers.stopAtExit() }
      return directory
    }
  }

  private static func atExit(_ stop: @escaping @Sendable () -> Void) {
    state.withLock { $0.stops.append(stop) }
  }

  private static func stopAtExit() {
    let (stops, directory) = state.withLock { ($0.stops, $0.directory) }
    for stop in stops { stop() }
    try? directory?.remove()
  }
}
