import LocalStack
import TestSupport
import Testing

extension EndToEnd {
  /// Text of other people's programs, which may try to command the terminal.
  @Suite struct HostileText {
    /// Each would do something to a terminal that lets it through; all say PWNED where a person may read it.
    static let attacks = [
      "\u{1B}]0;PWNED\u{07}", "\u{1B}]52;c;UFdORUQ=\u{07}", "\u{1B}[38;5;213mPWNED", "\u{1B}[6n", "\u{1B}[?1049l",
      "\u{1B}P+q544e\u{1B}\\", "\u{1B}[3J", "\u{1B}#8", "\u{9B}31mPWNED", "\u{9D}0;PWNED\u{9C}", "\u{90}q\u{9C}",
      "PWNED\r\u{08}\u{7F}\u{0B}\u{0C}\u{0E}\u{05}", "\u{202E}DENWP\u{2066}", "\u{FFFE}\u{FFFF}\u{FEFF}",
      String(repeating: "\u{0301}", count: 500),
      "世界\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{1F3FD}\u{FE0F}",
      String(repeating: "界x", count: 5_000), "a\tb\u{85}c\u{2028}d\u{2029}e",
    ]

    @Test func whatIsInTheTablesNeverCommandsTheTerminal() async throws {
      try await Cluster.run { cluster in
        for slug in ["alpha", "omega", "zebra"] { try cluster.writeBundle(slug) }
        try await cluster.startPod("pod-a")
        try await cluster.done("package", "--all", "--wait")
        let terminal = try await cluster.openDashboard(columns: 200, rows: 30)
        try await terminal.waitFor("zebra")

        for (number, attack) in Self.attacks.enumerated() {
          let text = "MARK\(number). \(attack)"
          try await cluster.spoil("omega", with: text)
          try await terminal.waitForScreen("attack \(number) is shown as text") { $0.contains("MARK\(number).") }
          requireWholeScreen(try await terminal.screen())
        }
        // All at once, on one line and on many, also in the detail.
        let all = Self.attacks.joined(separator: " ") + Self.attacks.joined(separator: "\n")
        try await cluster.spoil("omega", with: "MARKX " + all)
        try await terminal.type("/omega")
        try await terminal.sendKeys("Enter")
        try await terminal.sendKeys("Enter")
        try await terminal.waitFor("attempt 1 of")
        requireWholeScreen(try await terminal.screen())
        try await terminal.sendKeys("Tab", "End")
        try await terminal.waitFor("created")
        requireWholeScreen(try await terminal.screen())
        let painted = try terminal.recordedBytes()
        #expect(!String(decoding: painted, as: UTF8.self).contains("\u{1B}[?1049l"))
        try await terminal.sendKeys("q")
        try await cluster.requireRestored(terminal, status: 0)
        requireHarmless(try terminal.recordedBytes(), allowed: Self.ownSequences)
        await terminal.close()
      }
    }

    @Test func whatABuildPrintsNeverCommandsTheTerminal() async throws {
      try await Cluster.run { cluster in
        // Its last line is the error that people see.
        let short = Self.attacks.filter { $0.unicodeScalars.count < 50 }.joined(separator: " ")
        try cluster.writeBrokenBundle(
          "broken", saying: Self.attacks.joined(separator: "\n") + "\n" + short + " MARK1.")
        let pod = try await cluster.startPod("pod-a")
        let asked = try await cluster.bundletop("package", "broken", "--wait")
        #expect(asked.status == 1)
        #expect(pod.log.contains("MARK1."))
        let error = try await cluster.lines("select error from example_bundle_status").joined()
        let tail = try await cluster.lines("select tail from example_bundle_attempts").joined()
        #expect(error.contains("MARK1.") && tail.contains("MARK1."))
        for text in [asked.output, asked.errors, pod.log, error, tail] {
          requireHarmless(Array(text.utf8), allowed: [])
        }
      }
    }

    @Test func whatIsInTheTablesNeverCommandsTheReaderOfACommand() async throws {
      try await Cluster.run { cluster in
        try cluster.writeBundle("omega")
        try await cluster.startPod("pod-a")
        try await cluster.done("package", "omega", "--wait")
        let watch = try cluster.startWatch("hostile")
        let json = try cluster.startWatch("json", "--json")
        try await cluster.wait("both watch") { watch.log.contains("omega") && json.log.contains("omega") }
        let text = "MARK1. " + Self.attacks.joined(separator: " ")
        try await cluster.spoil("omega", with: text)
        try await cluster.database.psql(
          """
          update example_bundle_attempts set error = $hostile$\(text)$hostile$, pod = $hostile$\(text)$hostile$;
          update example_bundle_pods
             set notes = array[$hostile$\(text)$hostile$], version = $hostile$\(text)$hostile$;
          insert into example_bundle_status (slug, fingerprint, stage, state, error)
          values ($hostile$evil \(text)$hostile$, $hostile$\(text)$hostile$, 'failed', 'failed', 'x');
          """)
        for commands in [
          ["list"], ["show", "omega"], ["pods"], ["package", "evil \(text)"], ["retry", "evil \(text)"],
        ] {
          for arguments in [commands, commands + ["--json"]] {
            let answer = try await cluster.bundletop(arguments)
            #expect((answer.output + answer.errors).lowercased().contains("mark1."), "\(commands)")
            requireHarmless(Array((answer.output + answer.errors).utf8), allowed: [])
          }
        }
        // Scripts get what is there, by JSON's own escapes.
        let known = try await cluster.json("list").elements.first { $0["slug"] == .string("omega") }
        #expect(known?["error"] == .string(text))
        try await cluster.wait("it is seen") { watch.log.contains("MARK1.") && json.log.contains("MARK1.") }
        for log in [watch.log, json.log] { requireHarmless(Array(log.utf8), allowed: []) }
        for one in [watch, json] { await one.process.stop() }
      }
    }

    /// The final bytes of the CSI sequences that a painted frame consists of, and private modes; nothing of
    /// `attacks` is among them.
    static let ownSequences = Set("mHJKhlABCDGdXP@rbLMSTtuq")
  }
}

extension Cluster {
  /// Puts a text into error and message of a failed bundle, as any program with access to the table may.
  fileprivate func spoil(_ slug: String, with text: String) async throws {
    try await database.psql(
      """
      update example_bundle_status
         set state = 'failed', stage = 'failed', error = $hostile$\(text)$hostile$,
             message = $hostile$\(text)$hostile$,
             artifact_id = null, version = null, checksum = null, filename = null, completed_at = null
       where slug = '\(slug)';
      """)
  }
}

/// Header, rows and footer must be where they were.
private func requireWholeScreen(_ screen: String) {
  let lines = screen.split(separator: "\n", omittingEmptySubsequences: false)
  #expect(lines.first?.contains("bundletop") == true, "\(screen)")
  #expect(lines.contains { $0.contains("quit") }, "\(screen)")
}

/// No byte of what a program wrote may command a terminal, but for sequences that it needs itself.
///
/// - Parameter allowed: final bytes of CSI sequences; when empty, not even an escape may be there.
private func requireHarmless(_ bytes: [UInt8], allowed: Set<Character>) {
  let text = String(decoding: bytes, as: UTF8.self)
  for scalar in text.unicodeScalars {
    let isControl = scalar.value < 0x20 && ![0x09, 0x0A, 0x0D, 0x1B, 0x0F, 0x08].contains(scalar.value)
    let isLate = (0x7F...0x9F).contains(scalar.value)
    let turns = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    if isControl || isLate || turns { Issue.record("U+\(String(scalar.value, radix: 16)) in the output") }
  }
  var rest = bytes[...]
  while let escape = rest.firstIndex(of: 0x1B) {
    rest = rest[(escape + 1)...]
    let sequence = String(decoding: rest.prefix(24), as: UTF8.self)
    guard !allowed.isEmpty else {
      Issue.record("an escape: \(sequence.debugDescription)")
      return
    }
    switch rest.first {
    case UInt8(ascii: "["):
      let final = rest.dropFirst().first { (0x40...0x7E).contains($0) } ?? 0
      if !allowed.contains(Character(Unicode.Scalar(final))) { Issue.record("CSI \(sequence.debugDescription)") }
      for attack in ["[38;5;213m", "[6n", "[3J"] where sequence.hasPrefix(attack) {
        Issue.record("let through: \(sequence.debugDescription)")
      }
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "7"),
      UInt8(ascii: "M"),
      UInt8(ascii: "8"):
      break
    default: Issue.record("an escape sequence that is not ours: \(sequence.debugDescription)")
    }
  }
}
