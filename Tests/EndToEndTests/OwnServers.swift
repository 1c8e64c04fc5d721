import LocalStack
import TestSupport

/// Servers that one scenario may break.
enum OwnServers {
  /// Runs a scenario with a Postgres that keeps its word through a crash.
  static func postgres(_ story: (LocalPostgres) async throws -> Void) async throws {
    try await inDirectory { directory in
      let server = try await LocalPostgres.start(in: directory, options: LocalPostgres.Options(durable: true))
      defer { server.stopBlocking() }
      try await story(server)
    }
  }

  /// Runs a scenario with an object store.
  static func objectStore(_ story: (LocalS3) async throws -> Void) async throws {
    try await inDirectory { directory in
      let server = try await LocalS3.start(in: directory)
      defer { server.stopBlocking() }
      try await story(server)
    }
  }

  /// Removes the directory whatever the scenario does.
  private static func inDirectory(_ story: (StackDirectory) async throws -> Void) async throws {
    await Sweep.run()
    let directory = try StackDirectory.create()
    do {
      try await story(directory)
    } catch {
      try? directory.remove()
      throw error
    }
    try directory.remove()
  }
}
