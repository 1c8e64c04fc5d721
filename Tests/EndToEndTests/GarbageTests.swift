import BundleModel
import LocalStack
import Postgres
import S3
import S3Stub
import TestSupport
import Testing

extension EndToEnd {
  /// `bundletop gc`: what nobody names goes, a day after it was seen for the first time, and nothing else does.
  @Suite struct Garbage {
    private static let ghost = "ghost/\(String(repeating: "ab", count: 32))/0123456789abcdef/ghost-1.tgz"

    @Test func onlyWhatNobodyNamesIsDeletedAndOnlyADayLater() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("alpha")
        try await cluster.startPod("pod-a")
        try await cluster.done("package", "alpha", "--wait")
        let alpha = try await cluster.objectTimes()
        try await cluster.put("ghost", under: Self.ghost)
        try await cluster.put("somebody else's", under: "docs/2024/0123456789abcdef.d/readme.txt")
        let before = try await cluster.objectTimes()

        // Without --apply nothing happens, not even a mark.
        let report = try await cluster.json("gc")
        #expect(report["applied"] == .boolean(false) && report["archives"] == .number(2))
        #expect(report["items"].elements.map { $0["key"].text } == [Self.ghost])
        #expect(report["items"].elements.map { $0["action"].text } == ["mark"])
        #expect(try await cluster.marks() == [])
        #expect(try await cluster.bundletop("gc", "--apply").status == 64)

        let first = try await cluster.json("gc", "--apply", "--yes")
        #expect(first["marked"] == .number(1) && first["deleted"] == .number(0))
        let second = try await cluster.json("gc", "--apply", "--yes")
        #expect(second["waiting"] == .number(1) && second["deleted"] == .number(0))
        #expect(try await cluster.marks() == [Self.ghost])
        #expect(try await cluster.objectTimes() == before)

        // Written since: the day begins again.
        try await cluster.age()
        try await cluster.put("a ghost again", under: Self.ghost)
        let third = try await cluster.json("gc", "--apply", "--yes")
        #expect(third["marked"] == .number(1) && third["deleted"] == .number(0))

        try await cluster.age()
        let due = try await cluster.json("gc")
        #expect(due["deleted"] == .number(1) && due["bytes"] == .number(13))
        let last = try await cluster.json("gc", "--apply", "--yes")
        #expect(last["deleted"] == .number(1) && last["bytes"] == .number(13))
        #expect(try await cluster.marks() == [])
        let left = try await cluster.objectTimes()
        #expect(left.count == 2 && left[Self.ghost] == nil)
        #expect(alpha.allSatisfy { left[$0.key] == $0.value })
        #expect(try await cluster.fetchSigned("alpha") == (try await cluster.checksum("alpha")))

        let runs = try await cluster.json("operations", "--what", "gc").elements
        #expect(runs.count == 4)
        #expect(runs[0]["detail"]["deleted"] == .string("1") && runs[0]["detail"]["bytes"] == .string("13"))
        #expect(runs.allSatisfy { $0["who"] == .string("tester") })
        #expect(try await cluster.done("gc").contains("nothing to do"))
      }
    }

    @Test func retiredArtifactsGoInTwoStepsAndComeBackWhenTheyAreAskedForAgain() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("alpha", version: "1.0.0")
        try cluster.writeBundle("beta")
        try await cluster.startPod("pod-a")
        try await cluster.done("package", "alpha", "beta", "--wait")
        try cluster.writeBundle("alpha", version: "2.0.0")
        try await cluster.done("package", "alpha", "--wait")
        let objects = try await cluster.objectTimes()
        #expect(objects.count == 3)

        // Young ones stay; so does the newest of each.
        #expect(try await cluster.json("gc", "--keep", "1")["retired"] == .number(0))
        let retired = try await cluster.json("gc", "--keep", "1", "--older-than", "0s", "--apply", "--yes")
        #expect(retired["retired"] == .number(1) && retired["marked"] == .number(1))
        #expect(try await cluster.objectTimes() == objects)
        let audit = try await cluster.json("operations", "alpha", "--what", "retire").elements
        #expect(audit.count == 1 && audit[0]["detail"]["key"].text?.contains("alpha-1.0.0") == true)
        #expect(
          try await cluster.json("list").elements.map { $0["version"].text }.sorted { $0! < $1! } == [
            "1.0.0", "2.0.0",
          ])

        // Asked for again before it is deleted: the same bytes lie there, and are named again.
        try await cluster.age()
        try cluster.writeBundle("alpha", version: "1.0.0")
        try await cluster.done("package", "alpha", "--wait")
        let kept = try await cluster.json("gc", "--apply", "--yes")
        #expect(kept["deleted"] == .number(0) && kept["items"].elements == [])
        #expect(try await cluster.marks() == [])
        #expect(try await cluster.objectTimes() == objects)

        // And once it is deleted, it is built again.
        try cluster.writeBundle("alpha", version: "2.0.0")
        try await cluster.done("package", "alpha", "--wait")
        try await cluster.database.psql(
          "update example_bundle_artifacts set uploaded_at = uploaded_at - interval '1 h' where version = '1.0.0'")
        try await cluster.done("gc", "--keep", "1", "--older-than", "0s", "--apply", "--yes")
        try await cluster.age()
        #expect(try await cluster.json("gc", "--apply", "--yes")["deleted"] == .number(1))
        #expect(try await cluster.objectTimes().count == 2)
        #expect(try await cluster.bundletop("verify", "--all").status == 0)
        try cluster.writeBundle("alpha", version: "1.0.0")
        let again = try await cluster.json("package", "alpha", "--wait").elements
        #expect(again.map { $0["status"]["cached"] } == [.boolean(false)])
        #expect(try await cluster.objectTimes().count == 3)
      }
    }

    @Test func itRefusesWhateverLooksLikeAMistake() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("alpha")
        let pod = try await cluster.startPod("pod-a")
        try await cluster.done("package", "alpha", "--wait")
        for number in 0..<3 { try await cluster.put("x", under: "ghost-\(number)/" + Self.ghost.dropFirst(6)) }
        try await cluster.done("gc", "--apply", "--yes")
        try await cluster.age()
        let objects = try await cluster.objectTimes()
        func refuses(
          _ says: String, _ arguments: [String] = [], changing: [String: String] = [:], _ line: Int = #line
        ) async throws {
          let answer = try await cluster.bundletop(["gc", "--apply", "--yes"] + arguments, changing: changing)
          #expect(answer.status == 77, "line \(line): \(answer)")
          #expect(answer.errors.contains(says), "line \(line): \(answer)")
          #expect(try await cluster.objectTimes() == objects)
        }

        try await refuses("3 of 4 archives would be deleted")
        let other = try await TestObjectStore.create(on: cluster.objects.server)
        let elsewhere = ["APPHUB_BUNDLE_STORAGE_BUCKET": other.bucket]
        try await refuses("live pods write somewhere else", ["--most"], changing: elsewhere)
        _ = try await cluster.lines("update example_bundle_pods set persistence = 'filesystem' returning name")
        try await refuses("pod-a keeps archives in a directory of AppHub's format", ["--most"])
        _ = try await cluster.lines("update example_bundle_pods set persistence = 'database' returning name")
        await pod.process.stop()
        try await refuses("is not where this database keeps", ["--most"], changing: elsewhere)
        let connection = try await Connection.connect(try ConnectionSettings(url: cluster.database.url))
        _ = try await connection.query("select pg_advisory_lock(hashtextextended('bundletop gc', 0))")
        try await refuses("another `bundletop gc` is at work", ["--most"])
        await connection.close()
        for wrong in [
          ["--keep", "0"], ["--older-than", "1d"], ["--yes"], ["--keep", "1", "--older-than", "old"],
        ] {
          #expect(try await cluster.bundletop(["gc"] + wrong).status == 64, "\(wrong)")
        }
        try await cluster.wait("the lock is free") {
          try await cluster.bundletop("gc", "--apply", "--yes", "--most").status == 0
        }
        #expect(try await cluster.objectTimes().count == 1)
      }
    }

    @Test func unfinishedUploadsAreAbortedADayLater() async throws {
      try await Cluster.run { cluster in
        let stub = try S3Stub()
        defer { stub.stop() }
        let environment = Cluster.environment(of: stub)
        stub.leaveUpload(key: Self.ghost)
        stub.leaveUpload(key: "docs/large.iso")
        let first = try await cluster.bundletop("gc", "--apply", "--yes", "--json", changing: environment)
        #expect(first.status == 0, "\(first)")
        #expect(try JSON(parsing: first.output)["items"].elements.map { $0["kind"].text } == ["upload"])
        try await cluster.age()
        stub.leaveUpload(key: Self.ghost)
        let second = try await cluster.bundletop("gc", "--apply", "--yes", "--json", changing: environment)
        #expect(try JSON(parsing: second.output)["deleted"] == .number(1), "\(second)")
        #expect(stub.count(.abortUpload) == 1)
        #expect(stub.uploads().map(\.key).sorted() == ["docs/large.iso", Self.ghost])

        // A store that fails is no empty store, and what was done before is on record.
        stub.store(key: "s/" + Self.ghost.dropFirst(6), bytes: [1])
        stub.fail(.listObjects, times: .max, with: .refuse(403, "AccessDenied"))
        let refused = try await cluster.bundletop("gc", "--apply", "--yes", changing: environment)
        #expect(refused.status == 77, "\(refused)")
        stub.heal()
        #expect(
          try await cluster.bundletop("gc", "--apply", "--yes", changing: environment).status == 0)
        try await cluster.age()
        stub.fail(.deleteObject, times: .max, with: .refuse(403, "AccessDenied"))
        let cut = try await cluster.bundletop("gc", "--apply", "--yes", "--most", changing: environment)
        #expect(cut.status == 77, "\(cut)")
        let runs = try await cluster.json("operations", "--what", "gc").elements
        #expect(runs.first?["result"].text?.contains("stopped") == true, "\(runs)")
        #expect(stub.keys().count == 1)
      }
    }
  }
}

extension Cluster {
  /// The variables that lead programs to a scripted server.
  static func environment(of stub: S3Stub) -> [String: String] {
    let settings = S3Stub.Settings()
    let storage = "APPHUB_BUNDLE_STORAGE_"
    return [
      storage + "BACKEND": "s3", storage + "BUCKET": "bucket", storage + "ENDPOINT": stub.endpoint,
      storage + "REGION": settings.region, storage + "FORCE_PATH_STYLE": "true",
      storage + "ACCESS_KEY_ID": settings.accessKey, storage + "SECRET_ACCESS_KEY": settings.secretKey,
    ]
  }

  /// Puts an object behind everybody's back.
  fileprivate func put(_ text: String, under key: some StringProtocol) async throws {
    try await client().putObject(bucket: objects.bucket, key: String(key), bytes: Array(text.utf8))
  }

  /// The keys that are marked.
  fileprivate func marks() async throws -> [String] {
    try await lines("select key from bundletop_gc_marks order by key")
  }

  /// As if all marks were a day older.
  fileprivate func age() async throws {
    try await database.psql("update bundletop_gc_marks set marked_at = marked_at - interval '25 h'")
  }
}
