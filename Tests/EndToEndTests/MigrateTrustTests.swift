internal import Glibc
import LocalStack
import TestSupport
import Testing

extension EndToEnd {
  /// What a directory may hold, and what it costs to read it.
  @Suite struct MigrateTrust {
    @Test func namesThatLeadOutsideAreListedAndNeverOpened() async throws {
      guard try Need.program("strace", for: "what a migration opens") else { return }
      try await Cluster.run { cluster in
        let home = try LegacyHome(cluster, "data/example-bundles")
        let secret = try cluster.folder.write("the secret of somebody", to: "data/outside-7f3a.txt")
        try cluster.folder.write("another", to: "elsewhere-7f3a/inside.tgz")
        let more = { (file: String) in ["filename": file, "version": "1"] }
        try home.addStatus("climber", "completed", more: more("../../../../etc/passwd"))
        try home.addStatus("near", "completed", more: more("../../../outside-7f3a.txt"))
        try home.addStatus("absolute", "completed", more: more(secret))
        let print = LegacyHome.fingerprint
        try home.addStatus("linked", "completed", more: more("linked.tgz"))
        try home.link("artifacts/linked/\(print("linked"))/linked.tgz", to: secret)
        try home.addStatus("folder", "completed", more: more("inside.tgz"))
        try home.link("artifacts/folder/\(print("folder"))", to: "\(cluster.folder.path)/elsewhere-7f3a")
        try home.addStatus("pipe", "completed", more: more("pipe.tgz"))
        try home.link("artifacts/pipe/\(print("pipe"))/gone", to: "/dev/null")
        #expect(mkfifo("\(home.path)/artifacts/pipe/\(print("pipe"))/pipe.tgz", 0o644) == 0)
        try home.link("status/soft.json", to: secret)
        let sum = try home.addCompleted("sound", bytes: [1, 2, 3])

        let log = "\(cluster.folder.path)/trace"
        let result = try await Program.run(
          "strace",
          [
            "-f", "-qq", "-s", "4096", "-e", "trace=open,openat,openat2,creat", "-o", log, "timeout", "80",
            try BuiltProducts.path("bundletop"), "migrate", "run", "--json", "--legacy-dir", home.path,
          ], environment: cluster.environment)
        #expect(result.status == 2, "\(result)")
        let report = try JSON(parsing: result.output)
        let listed = report["findings"].elements.compactMap { $0["path"].text }
        #expect(
          listed.sorted()
            == ["absolute", "climber", "folder", "linked", "near", "pipe", "soft"].map { "status/\($0).json" })
        #expect(report["outcomes"]["taken"] == .number(1) && report["archives"]["uploaded"] == .number(1))
        let opened = try TestFile.read(log).split(separator: "\n")
        #expect(opened.contains { $0.contains("sound-1.0.0.tgz") }, "the trace shows what is opened")
        let wrong = opened.filter { line in
          line.contains("..") || line.contains("outside-7f3a") || line.contains("inside.tgz")
            || line.contains("pipe.tgz") || line.contains("linked.tgz") && !line.contains("= -1")
            || line.contains("soft.json") && !line.contains("= -1")
        }
        #expect(wrong.isEmpty, "\(wrong)")
        #expect(try await cluster.lines("select slug from example_bundle_status") == ["sound"])
        #expect(try await cluster.objectTimes().count == 1)
        #expect(try await cluster.fetchSigned("sound") == sum)
      }
    }

    @Test func largeArchivesTakeNoMemory() async throws {
      try await Cluster.run { cluster in
        let home = try LegacyHome(cluster)
        for (slug, size) in [("huge", 180 << 20)] + (0..<6).map({ ("large-\($0)", 20 << 20) }) {
          let folder = "artifacts/\(slug)/\(LegacyHome.fingerprint(slug))"
          try home.write("", to: "\(folder)/\(slug).tgz")
          // Holes read as zeros, which is all the same to whoever hashes and sends them.
          #expect(truncate("\(home.path)/\(folder)/\(slug).tgz", size) == 0)
          try home.addStatus(slug, "completed", more: ["filename": "\(slug).tgz", "version": "1"])
        }
        let run = try cluster.startMigration([home], log: "large")
        var peak = 0
        try await eventually(within: .seconds(150), every: .milliseconds(5), "300 MB have moved") {
          peak = max(peak, Processes.peakMemory(of: run.pid) ?? 0)
          return !run.isRunning
        }
        let said = try cluster.folder.read("logs/large")
        #expect(await run.waitForExit(within: .seconds(5)) == .exited(0), "\(said)")
        #expect(peak > 8 << 20 && peak <= 64 << 20, "\(peak >> 20) MiB at the most")
        #expect(
          try await cluster.lines("select sum(size)::text from example_bundle_artifacts") == ["\(300 << 20)"])
      }
    }
  }
}
