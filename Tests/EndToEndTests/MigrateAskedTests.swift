import TestSupport
import Testing

@testable import LegacyMigration
@testable import bundletop

extension EndToEnd {
  /// What `migrate` says to who asks for what cannot be, and what it needs.
  @Suite struct MigrateAsked {
    @Test func whatMakesNoSenseIsRefusedInOneLine() async throws {
      try await Cluster.run { cluster in
        let one = try cluster.folder.makeFolder("one/status")
        let two = try cluster.folder.makeFolder("two")
        let file = try cluster.folder.write("x", to: "file")
        try cluster.folder.write("same\n", to: "three/.bundletop-source")
        try cluster.folder.write("same\n", to: "four/.bundletop-source")
        try cluster.folder.write("five\n", to: "five/.bundletop-source")
        let base = cluster.folder.path
        let table: [(arguments: [String], status: Int32, says: String)] = [
          ([], 64, "--legacy-dir"),
          (["--legacy-dir", "\(base)/nowhere"], 64, "nowhere"),
          (["--legacy-dir", file], 64, "no directory"),
          (["--legacy-dir", two, "--legacy-dir", "\(base)/one/../two"], 64, "same folder"),
          (["--legacy-dir", two, "--source", "a", "--source", "b"], 64, "2 --source for 1"),
          (["--legacy-dir", one, "--legacy-dir", two, "--source", "a"], 64, "1 --source for 2"),
          (["--legacy-dir", two, "--source", "a b"], 64, "--source takes"),
          (["--legacy-dir", two, "--source", "../x"], 64, "--source takes"),
          (["--legacy-dir", "\(base)/three", "--legacy-dir", "\(base)/four"], 64, "same id"),
          (
            ["--legacy-dir", two, "--legacy-dir", "\(base)/five", "--source", "five", "--source", "two"], 64,
            "same order"
          ),
        ]
        for (arguments, status, says) in table {
          let answer = try await cluster.bundletop(["migrate", "plan"] + arguments)
          answer.expectComplaint(status, saying: says, of: arguments)
        }
        let unreachable = try await cluster.bundletop(
          "migrate", "plan", "--legacy-dir", two, changing: ["DATABASE_URL": "postgres://u@127.0.0.1:1/db"])
        unreachable.expectComplaint(69, saying: "127.0.0.1:1", of: "no database")

        // An empty directory, and one that the environment names, have nothing to tell.
        let empty = try await cluster.bundletop("migrate", "plan", changing: ["APPHUB_BUNDLE_LEGACY_DIR": two])
        #expect(empty.status == 0 && empty.output.contains("0 bundles in 1 directory"), "\(empty)")
        #expect(empty.output.contains("nothing to look at"))
        #expect(!TestFile.exists("\(two)/.bundletop-source"))
      }
    }

    /// 32 MB of error texts and an archive of 100 MB: names and hashes are kept, nothing else. Kept whole, 58 MB.
    @Test func memoryHoldsNamesOnly() async throws {
      try await Cluster.run { cluster in
        let path = "\(cluster.folder.path)/legacy"
        let made = try await Program.run("python3", ["-c", Self.bigDirectory, path])
        #expect(made.succeeded, "\(made.errors)")
        let measured = try await Program.run(
          "python3",
          [
            "-c", Self.peak, try BuiltProducts.path("bundletop"), "migrate", "plan", "--legacy-dir", path, "--json",
          ],
          environment: cluster.environment)
        #expect(measured.succeeded, "\(measured.errors)")
        let words = measured.output.split(separator: "\n").map(String.init)
        #expect(words.first == "0", "\(measured.output)")
        let kilobytes = try #require(words.last.flatMap { Int($0) })
        #expect(kilobytes < 50 << 10, "\(kilobytes) kB")
      }
    }

    private static let bigDirectory = #"""
      import hashlib, json, os, sys
      path = sys.argv[1]
      os.makedirs(path + '/status')
      os.makedirs(path + '/artifacts/big/f')
      status = {'fingerprint': 'f', 'stage': 'failed', 'state': 'failed', 'updatedAt': '2025-01-01T00:00:00.000Z',
                'createdAt': '2025-01-01T00:00:00.000Z', 'error': 'x' * 250000}
      for number in range(130):
          with open(f'{path}/status/b{number}.json', 'w') as file:
              json.dump(status | {'slug': f'b{number}'}, file)
      zeros, sha = bytes(1 << 20), hashlib.sha256()
      for _ in range(100):
          sha.update(zeros)
      with open(path + '/artifacts/big/f/big.tgz', 'wb') as file:
          file.truncate(100 << 20)
      with open(path + '/status/big.json', 'w') as file:
          json.dump(status | {'slug': 'big', 'stage': 'completed', 'state': 'completed', 'error': None,
                              'filename': 'big.tgz', 'checksum': sha.hexdigest()}, file)
      """#

    /// Runs a program; prints its status and its peak of memory in kB.
    private static let peak = #"""
      import resource, subprocess, sys
      ended = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE)
      print(ended.returncode)
      print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
      """#
  }
}

/// The line on stderr that says how far a step is.
@Suite struct MigrateLineTests {
  @Test(arguments: [
    (MigrationProgress("reading", done: 300), 0, 80, "reading  300"),
    (
      MigrationProgress("comparing", done: 50, total: 200), 10, 60,
      "comparing  [####---------------]  25 %  50 of 200  30s left"
    ),
    (
      MigrationProgress("uploading", done: 50, total: 100, bytes: 20_000_000), 10, 100,
      "uploading  [####################--------------------]  50 %  50 of 100  10s left  20.0 MB  2.0 MB/s"
    ),
    (MigrationProgress("uploading", done: 50, total: 100, bytes: 20_000_000), 10, 30, "uploading  50 %  50 of 100"),
    (MigrationProgress("comparing", done: 0, total: 0), 0, 80, "comparing  0"),
    (MigrationProgress("evil\u{1B}[2J", done: 1), 0, 80, "evil\u{FFFD}[2J  1"),
  ])
  func itFitsTheTerminal(progress: MigrationProgress, seconds: Int, columns: Int, line: String) {
    let text = MigrateLine.text(progress, lasted: .seconds(seconds), columns: columns)
    #expect(text == line)
    #expect(text.count < columns)
  }
}
