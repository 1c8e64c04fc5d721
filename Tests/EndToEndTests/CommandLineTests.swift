import BundleModel
import LocalStack
import TestSupport
import Testing

extension EndToEnd {
  @Suite struct CommandLine {
    /// AppHub's 23 fields and ours. Source: contract section 1.
    static let fields: Set<String> = [
      "slug", "fingerprint", "stage", "state", "createdAt", "updatedAt", "jobId", "version", "checksum", "filename",
      "storageKind", "storageKey", "storageUrl", "contentType", "artifactId", "artifactUploadedAt", "downloadUrl",
      "downloadUrlExpiresAt", "error", "message", "completedAt", "cached", "size",
      "attempt", "pod", "bytesDone", "bytesTotal", "verification", "verifiedAt",
    ]

    @Test func scriptsReadEveryFieldOfEveryState() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("good", version: "1.2.3")
        try cluster.writeBrokenBundle("broken", saying: "the dataset is missing")
        try cluster.writeHeldBundle("held")
        try await cluster.startPod("pod-a")
        #expect(try await cluster.bundletop("package", "good", "broken", "--wait").status == 2)
        try await cluster.done("package", "held")
        _ = try await cluster.waitUntilHeld("held", on: "pod-a")

        // No object store is needed to look.
        let blind = ["APPHUB_BUNDLE_STORAGE_BACKEND": "", "APPHUB_BUNDLE_STORAGE_BUCKET": ""]
        let answer = try await cluster.bundletop("list", "--json", changing: blind)
        #expect(answer.status == 0)
        let list = try JSON(parsing: answer.output).elements
        #expect(list.map { $0["slug"] } == [.string("broken"), .string("good"), .string("held")])
        for bundle in list { #expect(bundle.keys == Self.fields) }
        let (broken, good, held) = (list[0], list[1], list[2])

        #expect(good["state"] == .string("completed"))
        #expect(good["version"] == .string("1.2.3"))
        #expect(good["filename"] == .string("good-1.2.3.tgz"))
        #expect(good["storageKind"] == .string("s3"))
        #expect(good["checksum"].text?.count == 64)
        #expect(good["contentType"] == .string("application/gzip"))
        #expect(good["cached"] == .boolean(false))
        #expect(good["attempt"] == .number(1))
        #expect(good["pod"] == .string("pod-a"))
        #expect(good["bytesDone"] == good["size"] && good["bytesTotal"] == good["size"])
        #expect(good["storageKey"].text?.hasPrefix("good/") == true)
        #expect(good["storageUrl"].text == "s3://\(cluster.objects.bucket)/\(good["storageKey"].text ?? "")")
        #expect(
          good["downloadUrl"].text
            == "/examples/bundles/good/fingerprints/\(good["fingerprint"].text ?? "")/download")
        #expect(good["completedAt"].text?.hasSuffix("Z") == true)

        #expect(broken["state"] == .string("failed") && broken["stage"] == .string("failed"))
        #expect(broken["error"].text?.contains("the dataset is missing") == true)
        for empty in ["version", "checksum", "filename", "artifactId", "storageKey", "size", "downloadUrl"] {
          #expect(broken[empty] == .null, "\(empty)")
          #expect(held[empty] == .null, "\(empty)")
        }
        #expect(held["state"] == .string("running") && held["stage"] == .string("packaging"))

        let shown = try await cluster.json("show", "broken")
        #expect(shown["status"].keys == Self.fields)
        #expect(shown["attempts"].elements.map { $0["outcome"] } == [.string("failed")])
        #expect(try await cluster.done("show", "good").contains(good["checksum"].text ?? "none"))
        let pods = try await cluster.json("pods").elements
        #expect(pods.count == 1)
        #expect(pods[0].keys.isSuperset(of: ["owner", "name", "url", "version", "lastSeen", "state", "notes"]))
        #expect(pods[0]["running"] == .number(1) && pods[0]["bundles"] == .number(3))
        let secrets = [cluster.database.server.password, cluster.objects.secretKey].map { $0.reveal() }
        #expect(secrets.flatMap { Processes.mentioning($0) } == [], "everybody can read arguments")
        try cluster.release("held")
        try await cluster.waitUntilCompleted("held")
      }
    }

    @Test func everyOutcomeHasItsExitStatus() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("good")
        try cluster.writeBrokenBundle("broken")
        try cluster.writeHeldBundle("held")
        try await cluster.startPod("pod-a", arguments: ["--concurrency", "2"])
        let table: [(arguments: [String], status: Int32)] = [
          (["list"], 0), (["list", "--json"], 0), (["pods"], 0), (["schema", "apply"], 0),
          (["schema", "check"], 0),
          (["package", "good", "--wait"], 0), (["package", "broken", "--wait"], 1),
          (["package", "good", "broken", "--wait"], 2), (["package", "nowhere"], 1),
          (["package", "good", "nowhere", "--wait"], 2), (["package"], 64), (["package", "--all", "good"], 64),
          (["package", "held", "--wait", "--timeout", "1"], 1),
          (["package", "held", "--wait", "--timeout", "0"], 64),
          (["retry", "broken"], 0), (["retry", "held"], 1), (["retry", "good"], 1), (["retry"], 64),
          (["retry", "broken", "--wait"], 1), (["retry", "good", "broken", "--wait"], 1), (["show", "nowhere"], 1),
          (["show", "broken"], 0), (["list", "--nonsense"], 64), (["nonsense"], 64), ([], 64), (["dashboard"], 64),
          (["--version"], 0), (["--help"], 0), (["demo", "--headless"], 64),
          (["demo", "--examples-root", "/nowhere"], 64),
        ]
        for (arguments, status) in table {
          // A retry refuses what is still being retried.
          try await cluster.wait("broken has ended") {
            try await cluster.lines(
              "select slug from example_bundle_status where slug = 'broken' and state <> 'failed'")
              == []
          }
          let answer = try await cluster.bundletop(arguments)
          #expect(answer.status == status, "\(arguments): \(answer.output)\(answer.errors)")
          if status == 64 { answer.expectComplaint(64, of: arguments) }
        }
        try cluster.release("held")
        try await cluster.waitUntilCompleted("held")
      }
    }

    @Test func aRetryIsANewAttemptAndTheOldErrorStaysReadable() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBrokenBundle("broken", saying: "first reason")
        try await cluster.startPod("pod-a")
        #expect(try await cluster.bundletop("package", "broken", "--wait").status == 1)
        let refused = try await cluster.bundletop("retry", "NO-SUCH")
        #expect(refused.status == 1)
        #expect(refused.output == "")
        #expect(refused.errors == "bundletop: no-such: no bundle of this name is known\n")

        // Its author repairs it, the config included, while the pod runs.
        try cluster.writeBundle("broken")
        let answer = try await cluster.json("retry", "broken", "--wait")
        #expect(answer.elements.map { $0["attempt"] } == [.number(2)])
        #expect(answer.elements.map { $0["status"]["state"] } == [.string("completed")])
        #expect(try await cluster.attempts("broken") == ["1 pod-a failed", "2 pod-a completed"])
        #expect(try await cluster.done("show", "broken").contains("first reason"))
      }
    }

    @Test func aDatabaseThatIsNotThereIsOneLineWithinFiveSeconds() async throws {
      try await Cluster.run { cluster in
        for url in ["postgres://127.0.0.1:1/x", "postgres://192.0.2.1:5432/x?connect_timeout=30"] {
          for command in [
            ["list"], ["watch"], ["package", "--all"], ["sign", "x"], ["schema", "check"], ["retry", "x"],
          ] {
            guard command == ["list"] || url.contains("127.0.0.1") else { continue }
            let start = ContinuousClock.now
            let answer = try await cluster.bundletop(command, changing: ["DATABASE_URL": url])
            answer.expectComplaint(69, of: command)
            // Its own patience is 4 s, the one that the URL asks for 30: which of them it was is told on any machine.
            #expect(ContinuousClock.now - start < .seconds(25))
            #expect(answer.errors.hasPrefix("bundletop: "))
          }
        }
      }
    }

    @Test func wrongSettingsAreOneLineThatNamesTheVariable() async throws {
      try await Cluster.run { cluster in
        let prefix = "APPHUB_BUNDLE_STORAGE_"
        let table: [(command: [String], variable: String, value: String)] = [
          (["list"], "DATABASE_URL", "mysql://someone:topSecret7@localhost/x"),
          (["list"], "DATABASE_URL", "postgres://someone:topSecret7@localhost:port/x"),
          (["watch"], "DATABASE_URL", "topSecret7"),
          (["list"], "DATABASE_URL", "postgres://someone:topSecret7%zz@localhost/x"),
          (["sign", "x"], prefix + "BUCKET", ""),
          (["sign", "x"], prefix + "SECRET_ACCESS_KEY", ""),
          (["sign", "x"], prefix + "ACCESS_KEY_ID", ""),
          (["sign", "x"], prefix + "ENDPOINT", "topSecret7"),
          (["sign", "x"], prefix + "DOWNLOAD_TTL_MS", "soon"),
        ]
        for (command, variable, value) in table {
          let answer = try await cluster.bundletop(command, changing: [variable: value])
          answer.expectComplaint(64, saying: variable, of: "\(variable)=\(value)")
          #expect(!answer.errors.contains("topSecret7"), "\(answer.errors)")
        }
        // Everybody can read arguments.
        let url = cluster.database.url.reveal()
        let refused = try await cluster.bundletop("list", "--database-url", url, changing: ["DATABASE_URL": ""])
        #expect(refused.status == 64)
        #expect(refused.errors.contains("--database-url"))
        let bare = url.replacing(":\(cluster.database.server.password.reveal())@", with: "@")
        let accepted = try await cluster.bundletop(
          "list", "--database-url", bare,
          changing: ["DATABASE_URL": "", "PGPASSWORD": cluster.database.server.password.reveal()])
        #expect(accepted.status == 0, "\(accepted.errors)")
      }
    }

    @Test func podsRefuseWrongSettingsToo() async throws {
      try await Cluster.run { cluster in
        try cluster.folder.makeFolder("examples")
        let root = "\(cluster.folder.path)/examples"
        let table: [(changing: [String: String], arguments: [String], says: String)] = [
          (["DATABASE_URL": "mysql://a:topSecret7@b/c"], [], "DATABASE_URL"),
          (["APPHUB_BUNDLE_STORAGE_BUCKET": ""], [], "APPHUB_BUNDLE_STORAGE_BUCKET"),
          (["EXAMPLE_BUNDLE_CONCURRENCY": "many"], [], "EXAMPLE_BUNDLE_CONCURRENCY"),
          ([:], ["--lease", "1"], "lease"), ([:], ["--concurrency", "0"], "--concurrency"),
        ]
        for (changing, arguments, says) in table {
          let settings = cluster.environment.merging(changing) { $1 }.filter { !$0.value.isEmpty }
          let answer = try await Program.run(
            "timeout", ["30", try BuiltProducts.path("bundlepod"), "--examples-root", root] + arguments,
            environment: settings)
          #expect(answer.status == 64, "\(answer.errors)")
          #expect(answer.errors.split(separator: "\n").count == 1, "\(answer.errors)")
          #expect(answer.errors.contains(says), "\(answer.errors)")
          #expect(!answer.errors.contains("topSecret7"))
        }
      }
    }

    @Test func theSchemaIsAppliedByManyAtOnceAndDriftIsTold() async throws {
      try await Cluster.run { cluster in
        let empty = try await TestDatabase.create(on: cluster.database.server)
        let settings = ["DATABASE_URL": empty.url.reveal()]
        let before = try await cluster.bundletop("schema", "check", changing: settings)
        #expect(before.status == 2 && before.output.contains("missing"))
        #expect(try await cluster.bundletop("list", changing: settings).status == 1)
        let ends = try await withThrowingTaskGroup { group in
          for _ in 0..<4 {
            group.addTask { try await cluster.bundletop("schema", "apply", changing: settings).status }
          }
          return try await group.reduce(into: [Int32]()) { $0.append($1) }
        }
        #expect(ends == [0, 0, 0, 0])
        #expect(try await cluster.bundletop("schema", "check", changing: settings).status == 0)
        try await empty.psql("alter table example_bundle_status add column stray text")
        let drifted = try await cluster.bundletop("schema", "check", changing: settings)
        #expect(drifted.status == 2 && drifted.output.contains("stray"))
      }
    }
  }
}
