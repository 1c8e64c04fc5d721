import BundleModel
import S3
import TestSupport
import Testing

extension EndToEnd {
  @Suite struct DoctorCommand {
    @Test func theStoreIsExaminedAndLeftAsItWas() async throws {
      let store = try await StoreCommands()
      try store.folder.write("mine", to: "file")
      try await store.done("s3", "put", "file", store.place("mine"))
      let answer = try await store.run("doctor", "storage", "--json")
      #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
      let report = try JSON(parsing: answer.output)
      let all = Dictionary(
        uniqueKeysWithValues: report["capabilities"].elements.map {
          ($0["name"].text ?? "", $0["answer"].text ?? "")
        })
      #expect(Set(all.keys) == Set(CapabilityKind.allCases.map(\.rawValue)))
      for kind in CapabilityKind.allCases where kind.isNeeded { #expect(all[kind.rawValue] == "yes", "\(kind)") }
      #expect(all["encrypted"] == "no")
      #expect(report["findings"] == .number(0) && report["leftovers"] == .array([]))
      #expect(try await store.keys() == ["mine"])

      let text = try await store.done("doctor", "storage")
      #expect(text.contains("✓ yes  a wrong secret is refused") && text.contains("✗ no"))
      #expect(text.hasSuffix("all that bundles need is there\n"))
    }

    @Test func whatCannotBeExaminedHasItsExitStatus() async throws {
      let store = try await StoreCommands()
      let prefix = "APPHUB_BUNDLE_STORAGE_"
      let table: [(arguments: [String], changing: [String: String], status: Int32)] = [
        ([], [prefix + "ENDPOINT": "http://127.0.0.1:1"], 69), ([], [prefix + "SECRET_ACCESS_KEY": "wrong"], 77),
        (["--bucket", "no-such-bucket-here"], [:], 69), ([], [prefix + "BUCKET": ""], 64),
        (["--sweep"], [prefix + "ENDPOINT": "http://127.0.0.1:1"], 69), (["--dry-run"], [:], 64),
        (["--sweep", "--older-than", "soon"], [:], 64), ([], [prefix + "PUBLIC_ENDPOINT": "nonsense"], 64),
      ]
      for (arguments, changing, status) in table {
        let answer = try await store.run(["doctor", "storage"] + arguments, changing: changing)
        answer.expectComplaint(status, of: arguments)
      }
    }

    @Test func aSweepAbortsWhatNobodyWillFinishAndNothingElse() async throws {
      let store = try await StoreCommands()
      try store.folder.write("whole", to: "file")
      func begin(_ key: String) async throws {
        // Begun by another program, so that nothing of ours finishes it; the keys go in by its standard input.
        let keys = "\(store.objects.accessKey):\(store.objects.secretKey.reveal())"
        let answer = try await Program.run(
          "curl",
          [
            "-sS", "--max-time", "20", "--aws-sigv4", "aws:amz:\(store.objects.region):s3", "--config", "-", "-X",
            "POST",
            "\(store.objects.endpoint)/\(store.objects.bucket)/\(key)?uploads=",
          ], input: "user = \"\(keys)\"\n")
        guard answer.output.contains("<UploadId>") else { throw TestSupportError(answer.output + answer.errors) }
      }
      try await begin("superseded")
      try await begin("running")
      try await begin("elsewhere/running")
      // HEAD tells whole seconds, and what began in the same one is not certain to be older: put until it is.
      try await eventually("an object newer than the upload") {
        try await store.done("s3", "put", "file", store.place("superseded"))
        let looked = try await store.done("doctor", "storage", "--sweep", "--dry-run")
        return looked.hasSuffix("1 would be aborted, 2 may still be running\n")
      }
      let finding = try await store.run("doctor", "storage", "--json")
      #expect(finding.status == 2, "\(finding.output)")
      let swept = try JSON(parsing: try await store.done("doctor", "storage", "--sweep", "--json"))["uploads"]
        .elements
      #expect(swept.filter { $0["aborted"] == .boolean(true) }.map { $0["key"] } == [.string("superseded")])
      #expect(try await store.done("doctor", "storage", "--sweep").hasPrefix("s3://"))

      // Only below the prefix, where one is set.
      let below = ["APPHUB_BUNDLE_STORAGE_PREFIX": "/elsewhere/"]
      let there = try await store.done("doctor", "storage", "--sweep", "--older-than", "0s", changing: below)
      #expect(there.hasSuffix("1 aborted, 0 may still be running\n"), "\(there)")
      let rest = try await store.done("doctor", "storage", "--sweep", "--older-than", "0s")
      #expect(rest.hasSuffix("1 aborted, 0 may still be running\n"), "\(rest)")
      #expect(try await store.keys() == ["superseded"])
    }
  }
}
