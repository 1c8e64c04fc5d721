import BundleModel
import HTTPTransport
import TestSupport
import Testing

@testable import S3

extension EndToEnd {
  @Suite struct Verify {
    @Test func aFlippedByteIsNamedShownAndNeverServedAsGood() async throws {
      try await Cluster.run { cluster in
        for slug in ["alpha", "beta", "gamma"] { try cluster.writeBundle(slug) }
        try await cluster.startPod("pod-a")
        try await cluster.done("package", "--all", "--wait")
        #expect(try await cluster.done("verify", "--all", "--deep").contains("3 artifacts: 3 match"))
        let terminal = try await cluster.openDashboard(columns: 220)
        try await terminal.waitFor("pods 1/1")

        let (key, original) = try await cluster.object(of: "beta")
        var flipped = original
        flipped[flipped.count / 2] ^= 1
        let checksum = try await cluster.checksum("beta")
        try await cluster.overwrite(key, with: flipped, claiming: checksum)

        // The file itself is asked for, not what anybody claims of it.
        let answer = try await cluster.bundletop("verify", "--all", "--deep")
        #expect(answer.status == 2, "\(answer)")
        let lines = answer.output.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines.contains { $0.hasPrefix("beta: mismatch") && $0.contains(key) && $0.contains(checksum) })
        #expect(lines.last?.contains("3 artifacts: 2 match, 1 mismatch") == true)
        try await terminal.waitForScreen("the dashboard marks it") { screen in
          screen.split(separator: "\n").contains { $0.contains("≠ beta") && $0.contains("≠ mismatch") }
            && screen.contains("1 stored archive does not match what was published")
            && !screen.contains("≠ alpha")
        }
        try await terminal.type("/beta")
        try await terminal.sendKeys("Enter")
        try await terminal.sendKeys("Enter")
        try await terminal.waitForScreen("the detail says what differs") {
          $0.contains("verified") && $0.contains("its bytes have the SHA-256")
        }

        let found = try await cluster.bundletop("verify", "beta", "gamma", "--deep", "--json")
        #expect(found.status == 2)
        let findings = try JSON(parsing: found.output).elements
        #expect(findings.map { $0["result"] } == [.string("mismatch"), .string("match")])
        #expect(findings.first?["expectedChecksum"] == .string(checksum))
        #expect(findings.first?["actualChecksum"].text?.count == 64)
        #expect(findings.first?["actualChecksum"] != .string(checksum))
        #expect(findings.first?["bytesRead"].number == Double(original.count))
        #expect(try await cluster.done("list").contains("MISMATCH: the stored archive is not what was published"))
        #expect(
          try await cluster.json("list").elements.map { $0["verification"] }
            == [.string("match"), .string("mismatch"), .string("match")])
        let shown = try await cluster.done("show", "beta")
        #expect(shown.contains("MISMATCH") && shown.contains("its bytes have the SHA-256"))

        // A pod neither serves it from the cache nor, finding its key taken, believes what the store claims of it.
        for arguments in [["package", "beta", "--wait"], ["package", "beta", "--force", "--wait"]] {
          let refused = try await cluster.bundletop(arguments)
          #expect(refused.status == 1)
          #expect(refused.output.contains("holds other bytes"), "\(refused)")
        }
        #expect(
          try await cluster.lines("select verification from example_bundle_artifacts where slug = 'beta'")
            == ["mismatch"])
        let tellers = "select distinct who from example_bundle_operations where what = 'verify' and slug = 'beta'"
        #expect(Set(try await cluster.lines(tellers)) == ["tester", "pod pod-a"])

        try await cluster.overwrite(key, with: original, claiming: checksum)
        try await cluster.done("verify", "--all", "--deep")
        let retried = try await cluster.json("package", "beta", "--wait")
        #expect(retried.elements.map { $0["status"]["cached"] } == [.boolean(true)])
        try await terminal.waitForScreen("the mark is gone") { !$0.contains("≠") && $0.contains("completed") }
        await terminal.close()
      }
    }

    @Test func missingIsOnlyWhatTheStoreSaysIsMissing() async throws {
      try await Cluster.run { cluster in
        for slug in ["here", "lost"] { try cluster.writeBundle(slug) }
        try await cluster.startPod("pod-a")
        try await cluster.done("package", "--all", "--wait")
        try await cluster.removeObjects(of: "lost")

        // Whoever cannot look records nothing.
        let before = try await cluster.lines(verifications)
        let storage = "APPHUB_BUNDLE_STORAGE_"
        let folder = try cluster.folder.makeFolder("store")
        let unused = try await TestObjectStore.create(on: cluster.objects.server)
        let table: [(arguments: [String], changing: [String: String], status: Int32, says: String)] = [
          (["--all"], [storage + "SECRET_ACCESS_KEY": "wrong"], 77, "error"),
          (["--all"], [storage + "BUCKET": "no-such-bucket"], 69, "no bucket"),
          (["--all"], [storage + "BUCKET": unused.bucket], 2, "is in bucket \(cluster.objects.bucket)"),
          (["--all"], [storage + "ENDPOINT": "http://127.0.0.1:1"], 69, "127.0.0.1:1"),
          (["here"], [storage + "BACKEND": "local", storage + "ROOT": folder], 2, "of kind s3"),
          (["nowhere"], [:], 1, "nowhere has no artifact"), ([], [:], 64, "--all"),
          (["here", "--all"], [:], 64, ""),
        ]
        for (arguments, changing, status, says) in table {
          let answer = try await cluster.bundletop(["verify"] + arguments, changing: changing)
          #expect(answer.status == status, "\(arguments) \(changing): \(answer)")
          #expect((answer.output + answer.errors).contains(says), "\(answer)")
        }
        #expect(try await cluster.lines(verifications) == before)

        let answer = try await cluster.bundletop("verify", "--all")
        #expect(answer.status == 2)
        #expect(answer.output.contains("lost: missing") && answer.output.contains("here: match"))
        #expect(try await cluster.bundletop("verify", "here", "nowhere").status == 2)
        #expect(try await cluster.done("list").contains("MISSING: the stored archive is gone"))

        // What is missing heals by a rebuild.
        try await cluster.done("package", "lost", "--wait")
        #expect(try await cluster.done("verify", "--all", "--latest").contains("2 artifacts: 2 match"))
      }
    }

    private var verifications: String {
      "select concat_ws(' ', slug, verification, verified_at) from example_bundle_artifacts order by 1"
    }
  }
}

extension Cluster {
  /// The key and the bytes of a bundle's object.
  fileprivate func object(of slug: String) async throws -> (key: String, bytes: [UInt8]) {
    let key = try await lines("select storage_key from example_bundle_artifacts where slug = '\(slug)'").first ?? ""
    return (key, try await client().getObject(bucket: objects.bucket, key: key, limit: 10_000_000).bytes)
  }

  /// Puts other bytes under a key, which claim a checksum, as a bad disk or a careless hand would.
  fileprivate func overwrite(_ key: String, with bytes: [UInt8], claiming checksum: String) async throws {
    var call = S3Call(method: .put, operation: "PUT", bucket: objects.bucket, key: key, body: .bytes(bytes))
    call.payloadHash = checksum
    call.headers = [HTTPHeader("x-amz-meta-sha256", checksum)]
    _ = try await client().perform(call)
  }
}
