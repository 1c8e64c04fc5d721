internal import Glibc
package import LocalStack
internal import Synchronization

/// The servers that all tests of this process share: started by the first test that needs them, stopped at exit.
///
/// Whatever ends the process, their lifelines stop them; the exit handler also removes their directory.
package enum SharedServers {
  private struct State {
    var directory: StackDirectory?
    var stops: [@Sendable () -> Void] = []
  }

  private static let state = Mutex(State())
  private static let sharedPostgres = StartedOnce {
    try await LocalPostgres.start(in: $0)
  } stop: {
    $0.stopBlocking()
  }
  private static let sharedObjectStore = StartedOnce {
    try await LocalS3.start(in: $0)
  } stop: {
    $0.stopBlocking()
  }
  private static let sharedSwift = StartedOnce {
    try await PythonServer.swift(in: $0)
  } stop: {
    $0.stopBlocking()
  }
  private static let sharedMoto = StartedOnce {
    try await PythonServer.moto(in: $0)
  } stop: {
    $0.stopBlocking()
  }

  /// The shared Postgres.
  package static func postgres() async throws -> LocalPostgres { try await sharedPostgres.value() }

  /// The shared S3 server: the fast one.
  package static func objectStore() async throws -> LocalS3 { try await sharedObjectStore.value() }

  /// The shared OpenStack Swift: the strict S3 server.
  package static func swift() async throws -> PythonServer { try await sharedSwift.value() }

  /// The shared moto: the S3 server that checks no signature.
  package static func moto() async throws -> PythonServer { try await sharedMoto.value() }

  /// One server, started when it is asked for first.
  private final class StartedOnce<Server: Sendable>: Sendable {
    private let task = Mutex<Task<Server, any Error>?>(nil)
    private let start: @Sendable (StackDirectory) async throws -> Server
    private let stop: @Sendable (Server) -> Void

    init(
      start: @escaping @Sendable (StackDirectory) async throws -> Server, stop: @escaping @Sendable (Server) -> Void
    ) {
      self.start = start
      self.stop = stop
    }

    func value() async throws -> Server {
      let task = task.withLock { task in
        let running =
          task
          ?? Task {
            let server = try await self.start(try await SharedServers.directory())
            SharedServers.state.withLock { $0.stops.append { self.stop(server) } }
            return server
          }
        task = running
        return running
      }
      return try await task.value
    }
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

  private static func stopAtExit() {
    let (stops, directory) = state.withLock { ($0.stops, $0.directory) }
    for stop in stops { stop() }
    try? directory?.remove()
  }
}
