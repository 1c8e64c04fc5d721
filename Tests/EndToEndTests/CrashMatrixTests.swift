internal import Glibc
import LocalStack
import TestSupport
import Testing

/// What may happen to a pod, to its servers, or to what lies between.
enum Fault: String, CaseIterable, Sendable {
  case killed = "kill -9"
  case asked = "SIGTERM"
  case stopped = "SIGSTOP, SIGCONT"
  case halfOpen = "half-open"
  case cutOff = "network cut"
  case databaseRestart = "Postgres restart"
  case databaseCrash = "Postgres crash"
  case storeOutage = "store outage"
  case diskFull = "disk full"
  case clockJump = "clock +6 h"
}

extension EndToEnd {
  /// Every fault, while attempts stand at every boundary.
  @Suite struct CrashMatrix {
    @Test(arguments: Fault.allCases) func everyJobEndsOnceWhateverHappensWherever(_ fault: Fault) async throws {
      defer { CrashTable.finished() }
      switch fault {
      case .killed, .asked, .stopped, .halfOpen: try await Self.run(fault)
      case .cutOff:
        guard try await Need.namespaces(for: "\(fault.rawValue)") else { return }
        let network = try await PodNetwork.make()
        defer { network.end() }
        try await Self.run(fault, CrashScene.VictimStart(network: network)) {
          try await network.setLink(pod: 0, up: $0)
        }
      case .databaseRestart, .databaseCrash:
        try await OwnServers.postgres { server in
          try await Self.run(fault, postgres: server) { up in
            if up {
              try await server.startAgain()
            } else if fault == .databaseCrash {
              await server.crash()
            } else {
              await server.stop()
            }
          }
        }
      case .storeOutage:
        try await OwnServers.objectStore { server in
          try await Self.run(fault, objectStore: server) { up in
            if up { return try await server.startAgain() }
            if let pid = await server.pid { kill(pid, SIGKILL) }
            await server.stop()
          }
        }
      case .diskFull:
        guard try await Need.namespaces(for: "\(fault.rawValue)") else { return }
        try await Self.run(fault, CrashScene.VictimStart(diskSize: 24))
      case .clockJump:
        let places = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"]
        let paths = places.map { "\($0)/faketime/libfaketimeMT.so.1" }
        guard let library = try Need.file(paths, called: "libfaketime", for: fault.rawValue) else { return }
        let folder = try TemporaryDirectory()
        let clock = try folder.write("+0", to: "clock")
        try await Self.run(
          fault,
          CrashScene.VictimStart(variables: [
            "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": clock, "FAKETIME_NO_CACHE": "1",
            // A clock that is set moves no other one.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DISABLE_SHM": "1",
          ])
        ) { _ in try folder.write("+6h", to: "clock") }
      }
    }

    /// - Parameter turn: takes something away (false), and gives it back.
    private static func run(
      _ fault: Fault, _ start: CrashScene.VictimStart = CrashScene.VictimStart(), postgres: LocalPostgres? = nil,
      objectStore: LocalS3? = nil, turn: (Bool) async throws -> Void = { _ in }
    ) async throws {
      try await Cluster.run(postgres: postgres, objectStore: objectStore) { cluster in
        let scene = try await CrashScene.prepare(cluster, start)
        defer { scene.end() }
        let begin = try await scene.now()
        try await strike(fault, scene, turn)
        CrashTable.add(fault, try await scene.cells(since: begin))
        try await scene.finish()
        // What was published before the fault is not done again.
        #expect(try await cluster.attempts(Boundary.afterPublish.slug) == ["1 victim completed"])
      }
    }

    private static func strike(_ fault: Fault, _ scene: CrashScene, _ turn: (Bool) async throws -> Void)
      async throws
    {
      let cluster = scene.cluster
      let victim = scene.victim
      switch fault {
      case .killed:
        victim.process.kill(SIGKILL)
        try await scene.waitUntilCompleted()
        try await scene.startVictimAgain()
        try await scene.waitUntilVictimIsWell()
      case .asked:
        victim.process.kill(SIGTERM)
        try await cluster.wait(
          "what is not at its end is given back", for: ["4"],
          in: "select count(*)::text from example_bundle_attempts where outcome = 'returned'")
        scene.release()
        #expect(await victim.process.waitForExit(within: .seconds(60)) == .exited(0))
        try await scene.waitUntilCompleted()
      case .stopped:
        victim.process.kill(SIGSTOP)
        try await scene.waitUntilCompleted()
        let truth = try await cluster.tables()
        let objects = try await cluster.objectTimes().keys.sorted()
        // What it had sent arrives now, and then it wakes up.
        scene.release()
        victim.process.kill(SIGCONT)
        try await waitUntilLost(scene)
        try await scene.waitUntilVictimIsWell()
        #expect(try await cluster.tables() == truth)
        // The bytes are looked at in the end: what it uploads late is what is there already.
        #expect(try await cluster.objectTimes().keys.sorted() == objects)
      case .halfOpen:
        scene.database.silence(newOnes: true)
        scene.store.silence(newOnes: false)
        try await scene.waitUntilCompleted()
        scene.tools.release()
        scene.database.heal()
        try await waitUntilLost(scene)
        try await scene.waitUntilVictimIsWell()
      case .cutOff:
        try await turn(false)
        try await scene.waitUntilCompleted()
        scene.release()
        try await turn(true)
        try await waitUntilLost(scene)
        try await scene.waitUntilVictimIsWell()
      case .databaseRestart, .databaseCrash:
        try await turn(false)
        scene.release()
        try await turn(true)
        try await scene.waitUntilCompleted()
        try await scene.waitUntilVictimIsWell()
      case .storeOutage:
        try await turn(false)
        scene.release()
        try await cluster.wait("somebody has noticed") {
          try await cluster.lines(
            "select count(*)::text from example_bundle_attempts where error_class = 'storage'")
            != ["0"]
        }
        try await turn(true)
        try await scene.waitUntilCompleted()
        try await scene.waitUntilVictimIsWell()
      case .diskFull:
        let ballast = "/proc/\(victim.process.pid)/root\(scene.temporaryFolder)/ballast"
        try fill(ballast)
        // The upload goes on later: its end would free what its archive takes.
        scene.tools.release()
        try await cluster.wait("those that still need the disk have ended") {
          // What a failed attempt clears away is taken at once.
          try fill(ballast)
          return try await cluster.lines(
            """
            select slug from example_bundle_jobs
             where state = 'running' and slug in ('at-resolving', 'at-installing', 'at-packaging')
            """) == []
        }
        let said = try await cluster.lines("select error from example_bundle_attempts where outcome = 'failed'")
        #expect(said.contains { $0.lowercased().contains("no space left") }, "\(said)")
        scene.release()
        unlink(ballast)
        try await scene.waitUntilCompleted()
        try await scene.waitUntilVictimIsWell()
      case .clockJump:
        try await turn(false)
        scene.release()
        try await scene.waitUntilCompleted()
        try await scene.waitUntilVictimIsWell()
        #expect(
          try await cluster.lines("select outcome from example_bundle_attempts where outcome = 'failed'") == [])
      }
    }

    /// The five attempts of the victim that were not at their end.
    private static func waitUntilLost(_ scene: CrashScene) async throws {
      try await scene.cluster.wait("the victim knows what it lost") {
        scene.victim.log.split(separator: "\n").count { $0.contains("ended as lost") } >= 5
      }
    }

    /// Writes until nothing fits any more.
    private static func fill(_ path: String) throws {
      let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
      guard file >= 0 else { throw TestSupportError("cannot write \(path): errno \(errno)") }
      defer { close(file) }
      var size = 1 << 16
      let zeros = [UInt8](repeating: 0, count: size)
      while size > 0 { if write(file, zeros, size) <= 0 { size /= 2 } }
    }
  }
}
