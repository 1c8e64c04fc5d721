import BundleModel
import LegacyStore
import TestSupport
import Testing

extension EndToEnd {
  /// `bundletop migrate export`.
  @Suite struct Export {
    @Test func anEmptyDirectoryIsFilledAndReadsBackEqual() async throws {
      try await Cluster.run { cluster in
        for number in 1...3 { try cluster.writeBundle("bundle-\(number)") }
        try cluster.writeBrokenBundle("broken")
        try await cluster.startPod("pod-a")
        try await cluster.done("package", "--all")
        for number in 1...3 { try await cluster.waitUntilCompleted("bundle-\(number)") }
        try await cluster.wait("the broken one has failed") {
          try await cluster.status("broken").hasPrefix("failed")
        }

        let path = "\(cluster.folder.path)/back/again"
        let report = try await cluster.json("migrate", "export", "--legacy-dir", path, "--source", "back-1")
        #expect(
          report["bundles"] == .number(4) && report["written"] == .number(4) && report["archives"] == .number(3))
        #expect(report["isComplete"] == .boolean(true) && report["findings"] == .array([]))
        #expect(report["source"] == .string("back-1"))
        let directory = LegacyDirectory(path: path)
        #expect(try directory.sourceID() == "back-1")
        try await cluster.compare(directory)
        #expect(
          try await cluster.lines(
            "select concat_ws(' ', id, path, exported_at is not null) from example_bundle_sources") == [
              "back-1 \(path) t"
            ])
        #expect(
          try await cluster.lines(
            "select concat_ws(' ', who, what) from example_bundle_operations where what = 'export'")
            == ["tester export"])

        // A second time nothing is written, whatever the directory is called.
        let again = try await cluster.json("migrate", "export", "--legacy-dir", path)
        #expect(again["written"] == .number(0) && again["same"] == .number(4) && again["archives"] == .number(0))
      }
    }

    @Test func whatIsNewerStaysAndIsNamed() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("alpha")
        try await cluster.startPod("pod-a")
        try await cluster.done("package", "alpha", "--wait")
        let text = """
          {"slug": "alpha", "fingerprint": "f", "stage": "failed", "state": "failed",
           "updatedAt": "2999-01-01T00:00:00.000Z", "createdAt": "2020-01-01T00:00:00.000Z"}
          """
        let path = try cluster.folder.makeFolder("old")
        try cluster.folder.write(text, to: "old/status/alpha.json")
        try cluster.folder.write(text, to: "old/status/stranger.json")
        let outcome = try await cluster.bundletop("migrate", "export", "--legacy-dir", path, "--json")
        #expect(outcome.status == 2, "\(outcome.output)\(outcome.errors)")
        let report = try JSON(parsing: outcome.output)
        #expect(
          report["findings"].elements.map { [$0["kind"].text, $0["slug"].text] } == [
            ["newer-in-directory", "alpha"], ["only-in-directory", "stranger"],
          ])
        #expect(try cluster.folder.read("old/status/alpha.json") == text)
        #expect(
          try await cluster.lines("select id from example_bundle_sources where exported_at is not null") == [])
        let told = try await cluster.bundletop("migrate", "export", "--legacy-dir", path)
        #expect(told.status == 2 && told.output.contains("newer-in-directory  alpha  "))
        #expect(told.output.contains("1 newer in the directory"))
      }
    }

    @Test func tenThousandRowsNeedNoMoreMemoryThanAThousand() async throws {
      try await Cluster.run { cluster in
        var peaks: [Int] = []
        for rows in [1_000, 10_000] {
          _ = try await cluster.lines(
            """
            insert into example_bundle_status (slug, fingerprint, stage, state, error, message)
            select 'bundle-' || n, 'f' || n, 'failed', 'failed', repeat('e', 1000), repeat('m', 500)
              from generate_series(1, \(rows)) n
            on conflict (slug) do nothing returning slug
            """)
          let path = "\(cluster.folder.path)/out-\(rows)"
          let result = try await Program.run(
            "python3",
            [
              "-c",
              """
              import resource, subprocess, sys
              done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
              print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
              sys.exit(done.returncode)
              """, try BuiltProducts.path("bundletop"), "migrate", "export", "--legacy-dir", path,
            ], environment: cluster.environment)
          #expect(result.succeeded, "\(result.errors)")
          peaks.append(try #require(Int(result.output.split(separator: "\n").last ?? "")))
          #expect(Folder.names(in: "\(path)/status").count == rows)
        }
        // Kilobytes; 9,000 rows of 1.5 KB are 13 MB and more.
        #expect(peaks[1] - peaks[0] < 8_000, "\(peaks)")
        #expect(peaks[1] < 64 << 10, "\(peaks)")
      }
    }
  }
}
