import TestSupport
import Testing

extension EndToEnd {
  @Suite struct Signing {
    @Test func aLinkIsPrintedAloneAuditedWithoutItsTextAndOpensOneObjectOnly() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("wanted")
        try cluster.writeBundle("other")
        try await cluster.startPod("pod-a")
        try await cluster.done("package", "--all", "--wait")

        let signed = try await cluster.bundletop("sign", "wanted")
        #expect(signed.status == 0)
        #expect(signed.errors == "")
        let lines = signed.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 2 && lines[1].isEmpty, "one line and nothing else")
        let url = String(lines[0])
        #expect(url.hasPrefix("http://127.0.0.1:"))
        let checksum = try await cluster.checksum("wanted")
        let listed = try await cluster.json("list").elements.first { $0["slug"] == .string("wanted") }
        #expect(listed?["checksum"] == .string(checksum))
        let answer = try await cluster.fetch(url)
        #expect(answer.status == "200")
        #expect(answer.checksum == checksum)

        // The audit names everything but the link.
        let audit =
          "select concat_ws(' ', what, who, slug, result) from example_bundle_operations where what = 'sign'"
        #expect(try await cluster.lines(audit) == ["sign tester wanted signed"])
        let row = try await cluster.lines("select o::text from example_bundle_operations o where what = 'sign'")
          .joined()
        let hash = try await Program.run("sha256sum", input: url).output.prefix(64)
        #expect(row.contains(hash))
        for secret in ["X-Amz", "Signature", "http", url] { #expect(!row.contains(secret)) }

        // A link opens what it was made for, as it was made, and by GET alone.
        let otherKey = try await cluster.lines(
          "select storage_key from example_bundle_artifacts where slug = 'other'")[0]
        let key = try await cluster.lines("select storage_key from example_bundle_artifacts where slug = 'wanted'")[
          0]
        let last = url.last == "0" ? "1" : "0"
        let tampered = [
          url.dropLast() + last, url.replacing(key, with: otherKey),
          url.replacing("X-Amz-Expires=300", with: "X-Amz-Expires=301"),
        ]
        for link in tampered {
          #expect(link != url)
          #expect(try await cluster.fetch(String(link)).status == "403", "\(link)")
        }
        // Without a signature the bucket is closed; servers differ in the status.
        let bare = try await cluster.fetch(String(url.prefix { $0 != "?" }))
        #expect(bare.status.hasPrefix("4"))
        #expect(bare.checksum != checksum)
        let put = try await Program.run(
          "curl",
          ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--data", "x", "-X", "PUT", url])
        #expect(put.output == "403")
        #expect(try await cluster.fetch(url).checksum == checksum)
      }
    }

    @Test func whatCannotBeSignedIsOneClearLine() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBrokenBundle("broken")
        try await cluster.startPod("pod-a")
        #expect(try await cluster.bundletop("package", "broken", "--wait").status == 1)
        let table: [(arguments: [String], status: Int32, says: String)] = [
          (["sign", "broken"], 1, "broken has no artifact"),
          (["sign", "nowhere"], 1, "nowhere has no artifact"),
          (["sign", "broken", "--ttl", "901"], 64, "900"),
          (["sign", "broken", "--ttl", "0"], 64, "--ttl"),
        ]
        for (arguments, status, says) in table {
          let answer = try await cluster.bundletop(arguments)
          answer.expectComplaint(status, saying: says, of: arguments)
        }
        #expect(
          try await cluster.lines("select count(*)::text from example_bundle_operations where what = 'sign'") == [
            "0"
          ])
      }
    }

    @Test func aLinkLivesOnlyAsLongAsWasAskedFor() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("brief")
        try await cluster.startPod("pod-a")
        try await cluster.done("package", "brief", "--wait")
        let url = try await cluster.bundletop("sign", "brief", "--ttl", "1", "--json").output
        let link = try JSON(parsing: url)["url"].text ?? ""
        #expect(link.contains("X-Amz-Expires=1&"))
        try await cluster.wait("the link has expired", within: .seconds(60)) {
          // 403 at Amazon's, 400 at rclone's.
          ["400", "403"].contains(try await cluster.fetch(link).status)
        }
      }
    }
  }
}
