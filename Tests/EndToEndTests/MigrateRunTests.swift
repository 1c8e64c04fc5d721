import BundleModel
internal import Glibc
import LocalStack
import S3Stub
import TestSupport
import Testing

extension EndToEnd {
  /// `bundletop migrate run`: every sound status and archive arrives once, whatever happens meanwhile.
  @Suite struct MigrateRun {
    @Test func aDirectoryMovesInAndASecondRunOnlyLooks() async throws {
      try await Cluster.run { cluster in
        let home = try LegacyHome(cluster)
        var random = SeededRandom(seed: 3)
        let sum = try home.addCompleted("alpha", bytes: LegacyHome.noise(5_000, &random))
        try home.addStatus("broken", "failed", more: ["error": "no manifest"])
        try home.addStatus("stuck", "packaging")
        try home.addStatus("waiting", "queued")
        try home.addStatus("lost", "completed", more: ["filename": "lost.tgz", "version": "1"])
        try home.addCompleted("spoiled", bytes: [1, 2, 3], checksum: String(repeating: "0", count: 64))
        try home.write("{", to: "status/cut.json")
        let files = try await home.listing()

        let rehearsal = try await cluster.migrate(home, "--dry-run")
        #expect(rehearsal.status == 2, "\(rehearsal)")
        #expect(try await cluster.lines("select count(*)::text from example_bundle_status") == ["0"])
        #expect(!TestFile.exists("\(home.path)/.bundletop-source"))

        let first = try await cluster.migrate(home)
        #expect(first.status == 2, "\(first)")
        let report = try JSON(parsing: first.output)
        #expect(report["applied"] == .boolean(true) && report["partial"] == .boolean(true))
        #expect(report["outcomes"]["taken"] == .number(2) && report["outcomes"]["failed"] == .number(3))
        #expect(report["outcomes"]["quarantined"] == .number(1) && report["archives"]["uploaded"] == .number(1))
        let findings = report["findings"].elements.map { "\($0["kind"].text ?? "") \($0["path"].text ?? "")" }
        #expect(
          findings.sorted() == [
            "archive-missing status/lost.json", "checksum-mismatch status/spoiled.json",
            "interrupted status/stuck.json",
            "interrupted status/waiting.json", "invalid status/cut.json",
          ])
        #expect(
          try await cluster.lines(
            """
            select concat_ws(' ', slug, state, coalesce(error, '-'), to_char(updated_at at time zone 'UTC', 'HH24:MI:SS.MS'))
              from example_bundle_status order by slug
            """) == [
              "alpha completed - 03:04:05.000", "broken failed no manifest 03:04:05.000",
              "lost failed archive not found at migration 03:04:05.000",
              "stuck failed interrupted before migration 03:04:05.000",
              "waiting failed interrupted before migration 03:04:05.000",
            ])
        #expect(try await cluster.fetchSigned("alpha") == sum)
        let key = "alpha/\(LegacyHome.fingerprint("alpha"))/alpha-1.0.0.tgz"
        #expect(try await Array(cluster.objectTimes().keys) == [key])
        #expect(
          try await cluster.lines(
            "select concat_ws(' ', path, outcome) from example_bundle_migrations where outcome = 'quarantined' order by 1"
          ) == [
            "artifacts/spoiled/\(LegacyHome.fingerprint("spoiled"))/spoiled-1.0.0.tgz quarantined",
            "status/cut.json quarantined", "status/spoiled.json quarantined",
          ])
        #expect(try await home.listing() == files)
        let audit = try await cluster.json("operations", "--what", "migrate run").elements
        #expect(audit.count == 1 && audit[0]["detail"]["uploaded"] == .string("1"))

        let before = try await (cluster.objectTimes(), cluster.migrated())
        let second = try await cluster.migrate(home)
        let again = try JSON(parsing: second.output)
        #expect(second.status == 2 && again["archives"]["uploaded"] == .number(0), "\(second)")
        #expect(again["outcomes"]["known"] == .number(5) && again["outcomes"]["taken"] == .number(0))
        let after = try await (cluster.objectTimes(), cluster.migrated())
        #expect(before == after)
      }
    }

    @Test func aSecondRunAsksTheObjectStoreForHeadsAlone() async throws {
      try await Cluster.run { cluster in
        let stub = try S3Stub()
        defer { stub.stop() }
        let home = try LegacyHome(cluster)
        var random = SeededRandom(seed: 4)
        for number in 0..<30 { try home.addCompleted("s\(number)", bytes: LegacyHome.noise(2_000, &random)) }
        let environment = Cluster.environment(of: stub)
        let first = try await cluster.migrate(home, changing: environment)
        #expect(first.status == 0, "\(first)")
        #expect(stub.count(.putObject) == 30)
        stub.forgetRequests()
        let second = try await cluster.migrate(home, changing: environment)
        #expect(second.status == 0, "\(second)")
        #expect(stub.requests.allSatisfy { $0.method == "HEAD" }, "\(stub.requests.map(\.method))")
        #expect(stub.count(.headObject) <= 60)

        // An object that somebody lost is sent again; other bytes under the contract's key are left alone.
        let key = try #require(stub.keys().first { $0.hasPrefix("s7/") })
        stub.remove(key: key)
        let other = try LegacyHome(cluster, "other")
        try other.addCompleted("taken", bytes: [1, 2, 3])
        let occupied = "taken/\(LegacyHome.fingerprint("taken"))/taken-1.0.0.tgz"
        stub.store(key: occupied, bytes: [9])
        #expect(try await cluster.migrate(home, changing: environment).status == 0)
        #expect(stub.object(key: key) != nil)
        #expect(try await cluster.migrate(other, changing: environment).status == 0)
        #expect(stub.object(key: occupied)?.bytes == [9])
        let named = try await cluster.lines("select storage_key from example_bundle_artifacts where slug = 'taken'")
        #expect(named.count == 1 && named[0] != occupied && stub.object(key: named[0])?.bytes == [1, 2, 3])
      }
    }

    @Test func aStoreThatRefusesEndsTheRunAndTheNextOneGoesOn() async throws {
      try await Cluster.run { cluster in
        let stub = try S3Stub()
        defer { stub.stop() }
        let home = try LegacyHome(cluster)
        for number in 0..<12 { try home.addCompleted("s\(number)", bytes: [UInt8(number)]) }
        let environment = Cluster.environment(of: stub)
        stub.fail(.putObject, skip: 5, times: .max, with: .refuse(403, "AccessDenied"))
        let refused = try await cluster.migrate(home, changing: environment)
        refused.expectComplaint(77, saying: "AccessDenied", of: "a store that refuses")
        let audit = try await cluster.json("operations", "--what", "migrate run").elements
        #expect(audit.first?["result"].text?.hasPrefix("stopped: ") == true, "\(audit)")
        #expect(stub.keys().count == 5)
        stub.heal()
        let last = try await cluster.migrate(home, changing: environment)
        #expect(last.status == 0, "\(last)")
        #expect(try JSON(parsing: last.output)["archives"]["uploaded"] == .number(7))
        #expect(try await cluster.lines("select count(*)::text from example_bundle_artifacts") == ["12"])

        // Pods would not find what goes into another store than theirs.
        try cluster.writeBundle("alpha")
        try await cluster.startPod("pod-a")
        let elsewhere = try await cluster.migrate(home, changing: environment)
        elsewhere.expectComplaint(77, saying: "live pods write somewhere else", of: "another store")
      }
    }

    @Test func whatWasKilledTwentyTimesIsFinishedAndNothingIsSentTwice() async throws {
      try await Cluster.run { cluster in
        let stub = try S3Stub()
        defer { stub.stop() }
        let homes = try ["a", "b"].map { try LegacyHome(cluster, $0) }
        var random = SeededRandom(seed: 20_261_123)
        var sums: [String: String] = [:]
        let names = (0..<240).map { "bundle-\($0)" }
        for name in names {
          let bytes = LegacyHome.noise(Int.random(in: 100..<30_000, using: &random), &random)
          sums[name] = try homes[0].addCompleted(name, bytes: bytes)
          // The other pod had the same bundle, earlier and not completed.
          if random.chance(30) { try homes[1].addStatus(name, "failed", at: -5_000, more: ["error": "then"]) }
        }
        let newer = Array(names.shuffled(using: &random).prefix(12))
        let environment = Cluster.environment(of: stub)
        var killed = 0
        for turn in 0..<20 {
          let run = try cluster.startMigration(homes, changing: environment, log: "run-\(turn)")
          let until = stub.count(.putObject) + Int.random(in: 0...7, using: &random)
          try await eventually(within: .seconds(60), every: .milliseconds(1), "run \(turn) is at work") {
            !run.isRunning || stub.count(.putObject) > until
          }
          run.kill(SIGKILL)
          if await run.waitForExit(within: .seconds(20)) == .signalled(SIGKILL) { killed += 1 }
          // Somebody writes beside it.
          if turn < newer.count {
            try await cluster.database.psql(
              """
              insert into example_bundle_status (slug, fingerprint, stage, state, updated_at)
              values ('\(newer[turn])', 'newer', 'failed', 'failed', '2026-06-01')
              on conflict (slug) do update set fingerprint = 'newer', stage = 'failed', state = 'failed',
                updated_at = '2026-06-01', artifact_id = null, version = null, checksum = null, filename = null,
                cached = null, completed_at = null
              """)
          }
          // What is there is whole at any moment.
          #expect(
            try await cluster.lines(
              "select slug from example_bundle_status where state = 'completed' and artifact_id is null") == [])
        }
        #expect(killed >= 15, "most of them were killed in the middle of it")
        let last = try await cluster.migrate(homes[0], homes[1], changing: environment)
        #expect(last.status == 0, "\(last)")

        var puts: [String: Int] = [:]
        for request in stub.requests where request.operation == .putObject && request.status == 200 {
          puts[request.path, default: 0] += 1
        }
        #expect(puts.values.allSatisfy { $0 == 1 }, "\(puts.filter { $0.value > 1 })")
        #expect(puts.count == names.count)
        #expect(stub.uploads().isEmpty)
        let rows = try await cluster.lines(
          """
          select concat_ws(' ', s.slug, s.state, a.checksum, a.storage_key) from example_bundle_status s
            left join example_bundle_artifacts a on a.id = s.artifact_id
          """)
        #expect(rows.count == names.count)
        var seen: Set<String> = []
        for row in rows {
          let words = row.split(separator: " ").map(String.init)
          seen.insert(words[0])
          if newer.contains(words[0]) {
            #expect(words[1] == "failed", "\(row): what was newer was overwritten")
          } else {
            #expect(words.count == 4 && words[1] == "completed" && words[2] == sums[words[0]], "\(row)")
            #expect(words.count == 4 && LegacyHome.hex(stub.object(key: words[3])?.bytes ?? []) == sums[words[0]])
          }
        }
        #expect(seen == Set(names))
        // Also of what is newer the archive is found under its own fingerprint.
        #expect(
          try await cluster.lines("select count(*)::text from example_bundle_artifacts") == ["\(names.count)"])
        #expect(
          try await cluster.lines(
            "select outcome || ' ' || count(*) from example_bundle_migrations where source = (select min(source) from example_bundle_migrations where path like 'artifacts/%') and kind = 'archive' group by outcome"
          ) == ["taken \(names.count)"])
      }
    }

    @Test func besidePodsAtWorkTheirRowsStandAndASecondRunIsRefused() async throws {
      try await Cluster.run { cluster in
        let home = try LegacyHome(cluster)
        try cluster.writeBundle("alpha")
        try cluster.writeHeldBundle("slow")
        for slug in ["alpha", "slow", "quiet"] { try home.addCompleted(slug, bytes: Array(slug.utf8)) }
        try home.addStatus("again", "resolving")
        try cluster.writeBundle("again")
        try await cluster.startPod("pod-a")
        try await cluster.done("package", "alpha", "--wait")
        try await cluster.done("package", "slow")
        try await cluster.wait("slow is packaged") {
          try await cluster.status("slow").hasPrefix("running")
        }
        let checksum = try await cluster.checksum("alpha")
        let run = try await cluster.migrate(home, "--requeue")
        #expect(run.status == 0, "\(run)")
        let report = try JSON(parsing: run.output)
        #expect(report["outcomes"]["kept"] == .number(2) && report["outcomes"]["taken"] == .number(1))
        #expect(report["outcomes"]["requeued"] == .number(1))
        #expect(try await cluster.checksum("alpha") == checksum)
        try cluster.release("slow")
        try await cluster.waitUntilCompleted("slow")
        try await cluster.waitUntilCompleted("again")
        #expect(try await cluster.fetchSigned("slow") == (try await cluster.checksum("slow")))
        #expect(try await cluster.status("quiet") == "completed completed")
        // The archives of before are there for their own fingerprints.
        #expect(
          try await cluster.lines(
            "select count(*)::text from example_bundle_artifacts where slug in ('alpha', 'slow')")
            == ["4"])

        try await cluster.database.psql(
          "update bundletop_control set changed_by = 'x' where key = 'migration.holder'")
        let guardian = try await OtherMigration.begin(cluster)
        let refused = try await cluster.migrate(home)
        refused.expectComplaint(
          77, saying: "another `bundletop migrate` is at work: ann on laptop", of: "a second run")
        await guardian.end()
        try await cluster.wait("the lock is free") { try await cluster.migrate(home).status == 0 }
      }
    }
  }
}
