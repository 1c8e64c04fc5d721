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
    var startedPostgres: LocalPostgres?
  }

  private static let state = Mutex(State())

  /// The shared Postgres.
  package static func postgres() async throws -> LocalPostgres {
    let task = state.withLock { state in
      if let running = state.postgres { return running }
      let task = Task {
        let server = try await LocalPostgres.start(in: try await directory())
        self.state.withLock { $0.startedPostgres = server }
        return server
      }
      state.postgres = task
      return task
    }
    return try await task.value
  }

  /// The directory of this process's servers.
  package static func directory() async throws -> StackDirectory {
    await Sweep.run()
    return try state.withLock { state in
      if let directory = state.directory { return directory }
      let directory = try StackDirectory.create()
      state.directory = directory
      atexit { SharedServers.stopAtExit() }
      return directory
    }
  }

  private static func stopAtExit() {
    state.withLock { state in
      state.startedPostgres?.stopBlocking()
      try? state.directory?.remove()
    }
  }
}
