internal import Glibc
import TestSupport
import Testing

extension EndToEnd {
  @Suite struct Dashboard {
    @Test func aPersonWatchesRetriesSignsAndLeaves() async throws {
      try await Cluster.run { cluster in
        for slug in ["alpha", "beta"] { try cluster.writeBundle(slug) }
        try cluster.writeBrokenBundle("broken", saying: "no dataset called TIDES")
        try await cluster.startPod("pod-a")
        let terminal = try await cluster.openDashboard(columns: 240)
        try await terminal.waitFor("pods 1/1")

        // Rows appear although nobody touches a key.
        try await cluster.done("package", "alpha", "beta")
        #expect(try await cluster.bundletop("package", "broken", "--wait").status == 1)
        try await terminal.waitForScreen("all three have ended") { screen in
          row("alpha", in: screen).contains("completed") && row("beta", in: screen).contains("completed")
            && row("broken", in: screen).contains("failed")
        }
        let checksum = try await cluster.checksum("alpha")
        #expect(row("alpha", in: try await terminal.screen()).contains(checksum.prefix(8)))

        try await terminal.type("/state:failed")
        try await terminal.waitForScreen("only the failed one is left") { screen in
          !row("broken", in: screen).isEmpty && row("alpha", in: screen).isEmpty && screen.contains("1 of 3")
        }
        try await terminal.sendKeys("Enter")
        try await terminal.sendKeys("Enter")
        try await terminal.waitForScreen("the detail shows the whole error") {
          $0.contains("no dataset called TIDES") && $0.contains("attempt 1 of")
        }

        try await terminal.sendKeys("r")
        try await terminal.waitFor("Retry broken? attempt 2")
        try await terminal.sendKeys("y")
        try await terminal.waitForScreen("attempt 2 has failed, too", within: .seconds(30)) { screen in
          screen.contains("2 · pod-a · failed") && screen.contains("1 · pod-a · failed")
        }
        #expect(try await cluster.attempts("broken") == ["1 pod-a failed", "2 pod-a failed"])

        try await terminal.sendKeys("Escape")
        try await terminal.waitForScreen("the detail is closed") { !$0.contains("attempt 2 of") }
        try await terminal.sendKeys("Escape")
        try await terminal.waitForScreen("the filter is gone") { !row("alpha", in: $0).isEmpty }

        // The link stays hidden until it is asked for.
        try await terminal.type("/alpha")
        try await terminal.sendKeys("Enter")
        try await terminal.waitFor("1 of 3")
        try await terminal.sendKeys("g")
        let masked = try await terminal.waitFor("Link for alpha")
        #expect(masked.contains("X-Amz-Signature=••••"))
        #expect(!shownText(terminal).contains("X-Amz-Credential"))
        try await terminal.sendKeys("s")
        let shown = try await terminal.waitFor("X-Amz-Credential")
        let url = shown.split(separator: "\n").drop { !$0.contains("http://127.0.0.1") }
          .prefix { !$0.contains(" ") || $0.hasPrefix("http") }.joined().filter { $0 != " " }
        let link = url.prefix(while: { $0 != " " })
        let answer = try await cluster.fetch(String(link))
        #expect(answer.status == "200", "\(link)")
        #expect(answer.checksum == checksum)
        try await terminal.sendKeys("Escape")
        try await terminal.waitForScreen("the link is forgotten") { !$0.contains("X-Amz-Credential") }

        try await terminal.sendKeys("?")
        try await terminal.waitFor("a short-lived link to the archive")
        try await terminal.sendKeys("Escape")
        try await terminal.waitForScreen("help is closed") { !$0.contains("a short-lived link to the archive") }

        try await cluster.leave(terminal)
      }
    }

    @Test(arguments: [SIGTERM, SIGHUP, SIGINT])
    func aSignalLeavesTheTerminalAsItWasFound(signal: Int32) async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("alpha")
        try await cluster.startPod("pod-a")
        let terminal = try await cluster.openDashboard()
        try await terminal.waitFor("pods 1/1")
        #expect(try await terminal.flags().alternateScreen)
        #expect(try await terminal.flags().mouse)
        kill(try await cluster.dashboardPID(terminal), signal)
        try await cluster.requireRestored(terminal, status: 128 + signal)
        await terminal.close()
      }
    }

    @Test func itFollowsTheSizeOfTheTerminal() async throws {
      try await Cluster.run { cluster in
        for number in 10..<30 { try cluster.writeBundle("bundle-\(number)") }
        try await cluster.startPod("pod-a")
        try await cluster.done("package", "--all", "--wait")
        let terminal = try await cluster.openDashboard(columns: 120, rows: 30)
        try await terminal.waitFor("bundle-29")
        for (columns, rows) in [(20, 5), (60, 12), (300, 80), (80, 24)] {
          try await terminal.resize(columns: columns, rows: rows)
          try await terminal.waitForScreen("\(columns)x\(rows) is filled") { screen in
            let lines = screen.dropFirst().split(separator: "\n", omittingEmptySubsequences: false)
            let bundles = lines.count { $0.contains("bundle-") }
            let hasFooter = rows < 6 || lines.prefix(rows).last?.contains("quit") == true
            return bundles > 0 && bundles >= min(20, rows - 6) && hasFooter
              && lines.allSatisfy { $0.count <= columns }
          }
        }
        try await cluster.leave(terminal)
      }
    }

    @Test func readOnlyOffersNothingThatChangesTheWorld() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBrokenBundle("broken")
        try await cluster.startPod("pod-a")
        #expect(try await cluster.bundletop("package", "broken", "--wait").status == 1)
        let terminal = try await cluster.openDashboard(arguments: ["dashboard", "--read-only"])
        try await terminal.waitForScreen("the bundle is shown") { row("broken", in: $0).contains("failed") }
        try await terminal.sendKeys("r")
        try await terminal.waitForScreen("it says why not") {
          $0.contains("read-only") && !$0.contains("Retry broken?")
        }
        try await terminal.sendKeys("y")
        try await terminal.sendKeys("q")
        try await cluster.requireRestored(terminal, status: 0)
        #expect(try await cluster.attempts("broken") == ["1 pod-a failed"])
        await terminal.close()
      }
    }
  }
}

/// The row of a bundle on a screen; empty when there is none.
private func row(_ slug: String, in screen: String) -> Substring {
  screen.split(separator: "\n").first { line in
    line.split(separator: " ").prefix(3).contains { $0 == slug }
  } ?? ""
}

/// All that a program has written to its terminal so far.
private func shownText(_ terminal: TmuxSession) -> String {
  ((try? terminal.recordedBytes()) ?? []).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
}
