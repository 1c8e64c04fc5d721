internal import Glibc
import LocalStack
import TestSupport
import Testing

extension EndToEnd {
  /// Servers that go away and come back.
  @Suite struct Outage {
    @Test func anUploadThatIsCutOffIsTriedAgainByItself() async throws {
      try await OwnServers.objectStore { store in
        try await Cluster.run(objectStore: store) { cluster in
          try cluster.writeHeldBundle("large", bytes: 24 << 20)
          try await cluster.startPod("pod-a")
          try await cluster.done("package", "large")
          _ = try await cluster.waitUntilHeld("large", on: "pod-a")

          // Frozen, the server takes no more than the sockets hold; then it is gone in the middle of the upload.
          let pid = try #require(await store.pid)
          kill(pid, SIGSTOP)
          try cluster.release("large")
          try await cluster.wait("the upload has begun") {
            try await cluster.lines(
              "select slug from example_bundle_status where message = 'uploading' and bytes_total > 20000000") == [
                "large"
              ]
          }
          kill(pid, SIGKILL)
          await store.stop()
          try await cluster.wait(
            "the first attempt has failed", for: ["failed storage"], within: .seconds(60),
            in: """
              select concat_ws(' ', outcome, error_class) from example_bundle_attempts where attempt = 1
              """)
          #expect(try await cluster.lines("select state from example_bundle_jobs").allSatisfy { $0 != "failed" })
          try await store.startAgain()
          try await cluster.waitUntilCompleted("large", within: .seconds(90))

          #expect(try await cluster.fetchSigned("large") == (try await cluster.checksum("large")))
          #expect(try await cluster.lines("select count(*)::text from example_bundle_artifacts") == ["1"])
          // Nobody ever read "completed" before the object was there.
          let events =
            "select count(*)::text from example_bundle_events where stage = 'completed' and source = 'status'"
          #expect(try await cluster.lines(events) == ["1"])
          #expect(try await cluster.objectTimes().count == 1)
          #expect(cluster.workspaces() == [])
        }
      }
    }

    /// A NOTIFY takes a transaction id whose commit nobody waits for. A crash forgets it, and the first writer after
    /// the crash gets the same id again: a cursor from before says that it was seen already.
    @Test func theFeedLosesNothingWhenACrashGivesTransactionIdsOutAgain() async throws {
      try await OwnServers.postgres { postgres in
        try await Cluster.run(postgres: postgres) { cluster in
          // The server would write the commits of the rings within 200 ms.
          try await cluster.database.psql("alter system set wal_writer_delay = '10s'")
          try await cluster.database.psql("select pg_reload_conf()")
          try await cluster.wait("the setting is in force", for: ["10s"], in: "show wal_writer_delay")
          try await cluster.database.psql(
            "insert into example_bundle_status (slug, fingerprint, stage, state) values ('one', 'x', 'queued', 'queued')"
          )
          let watch = try cluster.startWatch("crash")
          try await cluster.wait("watch knows it") { watch.log.contains(" one queued ") }

          // It looks when all of this is done, and so its cursor is from after the rings.
          watch.process.kill(SIGSTOP)
          let rings = String(repeating: "notify elsewhere;\n", count: 50)
          try await cluster.database.psql(
            "update example_bundle_status set message = 'first change' where slug = 'one';\n\(rings)")
          watch.process.kill(SIGCONT)
          try await cluster.wait("watch has seen the change") { watch.log.contains("first change") }
          let before = try await cluster.lines("select pg_snapshot_xmax(pg_current_snapshot())::text")
          await postgres.crash()
          // Others are faster, and soon the ids are past those that were forgotten.
          watch.process.kill(SIGSTOP)
          try await postgres.startAgain()
          try await cluster.database.psql(
            "update example_bundle_status set message = 'second change' where slug = 'one'")
          let after = try await cluster.lines("select pg_snapshot_xmax(pg_current_snapshot())::text")
          #expect(UInt64(after[0]) ?? .max < UInt64(before[0]) ?? 0, "the ids are given out again")
          try await cluster.database.psql(rings + rings)
          watch.process.kill(SIGCONT)
          try await cluster.wait("watch sees what was written after the crash", within: .seconds(60)) {
            watch.log.contains("second change")
          }
          await watch.process.stop()
        }
      }
    }

    @Test func everybodyRecoversFromARestartOfPostgres() async throws {
      try await OwnServers.postgres { postgres in
        try await Cluster.run(postgres: postgres) { cluster in
          try cluster.writeHeldBundle("held")
          try cluster.writeBundle("later")
          let pods = [
            try await cluster.startPod("pod-a", times: .short), try await cluster.startPod("pod-b", times: .short),
          ]
          try await cluster.done("package", "held")
          try await cluster.wait("it is being built") {
            try await cluster.status("held") == "running packaging 1"
          }
          let watch = try cluster.startWatch("restart")
          try await cluster.wait("watch shows it") { watch.log.contains(" held running packaging ") }
          let dashboard = try await cluster.openDashboard()
          try await dashboard.waitFor("held")
          try await dashboard.waitFor("live")

          await postgres.crash()
          let lost = try await dashboard.waitFor("unreachable", within: .seconds(30))
          #expect(lost.contains("held"), "the rows stay")
          try await cluster.wait("watch says so") { watch.log.contains("next try in") }
          try cluster.release("held")
          for pod in pods {
            try await cluster.wait("\(pod.name) notices") {
              pod.log.contains("not able to say that this pod is alive")
            }
          }
          try await postgres.startAgain()

          try await dashboard.waitForScreen("the dashboard is live again", within: .seconds(40)) {
            $0.contains("live") && !$0.contains("unreachable")
          }
          try await cluster.waitUntilCompleted("held")
          try await cluster.done("package", "later", "--wait")
          try await dashboard.waitForScreen("both are shown as completed", within: .seconds(60)) { screen in
            screen.split(separator: "\n").count { $0.contains("completed") } >= 2
          }
          try await cluster.wait("watch goes on", within: .seconds(60)) {
            watch.log.contains(" held completed ") && watch.log.contains(" later completed ")
          }
          // However the restart fell, each job ended once.
          let ends = "select slug from example_bundle_attempts where outcome = 'completed' order by slug"
          #expect(try await cluster.lines(ends) == ["held", "later"])
          #expect(
            try await cluster.lines("select count(*)::text from example_bundle_attempts where outcome is null") == [
              "0"
            ])
          #expect(pods.allSatisfy { $0.process.isRunning })
          watch.process.kill(SIGTERM)
          #expect(await watch.process.waitForExit(within: .seconds(60)) == .exited(0))
          cluster.note(watch.log)
          try await dashboard.sendKeys("q")
          try await cluster.wait("the dashboard is left") { dashboard.exitStatus() == 0 }
          await dashboard.close()
        }
      }
    }
  }
}
