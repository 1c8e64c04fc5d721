import BundleModel
import TestSupport
import Testing

extension EndToEnd {
  @Suite struct MigratePlan {
    @Test func planFindsExactlyWhatWasPlanted() async throws {
      try await Cluster.run { cluster in
        let fixture = try await LegacyFixture(
          "\(cluster.folder.path)/legacy", "--count", "600", "--seed", "7")
        #expect(fixture.planted.count > 100)
        let before = try await LegacyFixture.state(of: fixture.path)
        let answer = try await cluster.bundletop(
          "migrate", "plan", "--legacy-dir", fixture.path, "--source", "fixture", "--json")
        #expect(answer.status == 2, "\(answer.errors)")
        #expect(answer.errors == "")
        let plan = try JSON(parsing: answer.output)
        let found = try LegacyFixture.findings(plan)
        #expect(found.subtracting(fixture.planted) == [], "not planted")
        #expect(fixture.planted.subtracting(found) == [], "not found")
        #expect(plan["bundles"].number == Double(fixture.bundles))
        #expect(
          plan["outcomes"]["taken"].number.map(Int.init) == fixture.bundles - troubled(fixture.planted).count)
        #expect(plan["findings"].elements.allSatisfy { !($0["reason"].text ?? "").isEmpty })
        for (kind, findings) in Dictionary(grouping: fixture.planted, by: \.kind) {
          #expect(plan["counts"][kind].number == Double(findings.count))
        }
        try checkCounts(plan, fixture)

        // Nothing was written, here or there.
        #expect(try await LegacyFixture.state(of: fixture.path) == before)
        for table in ["status", "artifacts", "jobs", "events", "operations", "migrations", "sources"] {
          #expect(
            try await cluster.lines("select count(*)::text from example_bundle_\(table)") == ["0"], "\(table)")
        }
        #expect(try await cluster.objectTimes() == [:])

        // For people: the worst first, what it comes to last, and nothing that harms a terminal.
        let told = try await cluster.bundletop("migrate", "plan", "--legacy-dir", fixture.path)
        #expect(told.status == 2 && told.errors == "")
        let lines = told.output.split(separator: "\n")
        #expect(lines.first?.hasPrefix("DIRECTORY") == true)
        #expect(lines.suffix(3).first?.hasPrefix("\(fixture.bundles) bundles in 1 directory: ") == true)
        #expect(lines.dropLast().last?.hasPrefix("\(fixture.planted.count) findings: ") == true)
        #expect(lines.last?.hasPrefix("nothing was written") == true)
        #expect(told.output.contains("status/flipped-bit-0001.json"))
        #expect(!told.output.unicodeScalars.contains { $0 != "\n" && UntrustedText.isHarmful($0) })
      }
    }

    /// Bundles that become no row as they are: a superseded or double status does not spoil its bundle.
    private func troubled(_ planted: Set<LegacyFixture.Finding>) -> Set<String?> {
      Set(
        planted.filter { ["archive-missing", "checksum-mismatch", "unsafe-path", "interrupted"].contains($0.kind) }
          .map(\.slug))
    }

    private func checkCounts(_ plan: JSON, _ fixture: LegacyFixture) throws {
      let source = try #require(plan["sources"].elements.first)
      func sum(_ json: JSON) -> Double { json.keys.reduce(0) { $0 + (json[$1].number ?? 0) } }
      let archives = source["archives"]
      #expect(sum(source["formats"]) == sum(source["states"]))
      #expect(archives["places"].keys == ["1", "2", "3", "4", "5"])
      #expect(archives["places"].keys.allSatisfy { (archives["places"][$0].number ?? 0) > 0 })
      #expect(
        sum(archives["places"]) + (archives["missing"].number ?? 0) + (archives["unsafe"].number ?? 0)
          == source["states"]["completed"].number)
      #expect((archives["bytes"].number ?? 0) > 10_000 && (source["statusBytes"].number ?? 0) > 10_000)
      let refused = fixture.planted.count {
        $0.kind == "invalid" || $0.path.contains("CAPITALS") || $0.path.contains("/ ")
          || $0.path.hasSuffix(" (old)")
      }
      #expect(source["defects"].number == Double(refused))
    }

    @Test func ofTwoDirectoriesEachDisagreementIsNamedAndNothingElse() async throws {
      try await Cluster.run { cluster in
        let fixture = try await LegacyFixture("\(cluster.folder.path)/pair", "--pair", "--seed", "3")
        #expect(fixture.planted.count == 20)
        let (one, two) = ("\(fixture.path)/one", "\(fixture.path)/two")
        // By --source, then by marker files; the order of naming decides only between equals.
        let named = try await cluster.bundletop(
          "migrate", "plan", "--legacy-dir", one, "--legacy-dir", two, "--source", "one", "--source", "two",
          "--json")
        #expect(named.status == 2, "\(named.errors)")
        let plan = try JSON(parsing: named.output)
        #expect(try LegacyFixture.findings(plan) == fixture.planted)
        #expect(plan["bundles"].number == 120 && plan["outcomes"]["taken"].number == 120)

        try cluster.folder.write("one\n", to: "pair/one/.bundletop-source")
        try cluster.folder.write("two\n", to: "pair/two/.bundletop-source")
        let marked = try await cluster.bundletop(
          "migrate", "plan", "--legacy-dir", two, "--legacy-dir", one, "--json")
        let turned = try LegacyFixture.findings(try JSON(parsing: marked.output))
        #expect(Set(turned.map(\.slug)) == Set(fixture.planted.map(\.slug)))
        let moved = turned.symmetricDifference(fixture.planted)
        #expect(moved.count == 8 && Set(moved.compactMap(\.slug)).count == 4, "\(moved)")
      }
    }

    @Test func theDatabaseIsComparedAtMillisecondsAndNeverPutBack() async throws {
      try await Cluster.run { cluster in
        let path = "\(cluster.folder.path)/legacy"
        let fixture = try await LegacyFixture(path, "--sound", "--count", "40")
        #expect(fixture.planted == [] && fixture.sound == 40)
        let arguments = ["migrate", "plan", "--legacy-dir", path, "--source", "fixture", "--json"]
        let clean = try await cluster.bundletop(arguments)
        #expect(clean.status == 0 && clean.errors == "", "\(clean)")
        #expect(try JSON(parsing: clean.output)["findings"].elements == [])

        let statuses = try statusFiles(path)
        #expect(statuses.count == 40)
        let changes: [(move: String, column: String, value: String, isTold: Bool)] = [
          ("+ interval '1 ms'", "attempt", "null", true), ("+ interval '0.9 ms'", "attempt", "null", false),
          ("- interval '1 ms'", "attempt", "null", false), ("- interval '1 hour'", "attempt", "3", true),
          ("+ interval '0.5 ms'", "attempt", "3", false),
        ]
        var expected: Set<String> = []
        for (index, change) in changes.enumerated() {
          let one = statuses[index]
          _ = try await cluster.lines(
            """
            insert into example_bundle_status (slug, fingerprint, stage, state, updated_at, \(change.column))
            values ('\(one.slug)', 'other', 'failed', 'failed', '\(one.updatedAt)'::timestamptz \(change.move), \
            \(change.value)) returning slug
            """)
          if change.isTold { expected.insert(one.slug) }
        }
        // A job that is only queued, before any row of ours.
        let waiting = statuses[changes.count].slug
        _ = try await cluster.lines("insert into example_bundle_jobs (slug) values ('\(waiting)') returning slug")
        expected.insert(waiting)

        let answer = try await cluster.bundletop(arguments)
        #expect(answer.status == 2)
        let plan = try JSON(parsing: answer.output)
        let found = try LegacyFixture.findings(plan)
        #expect(Set(found.compactMap(\.slug)) == expected)
        #expect(Set(found.map(\.kind)) == ["newer-in-database"])
        #expect(plan["outcomes"]["kept"].number == 3 && plan["outcomes"]["known"].number == 1)
        #expect(plan["outcomes"]["taken"].number == 36)
      }
    }

    private func statusFiles(_ path: String) throws -> [(slug: String, updatedAt: String)] {
      try Folder.names(in: "\(path)/status").filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }.map {
        let json = try JSON(parsing: try TestFile.read("\(path)/status/\($0)"))
        return (json["slug"].text ?? "", json["updatedAt"].text ?? "")
      }
    }
  }
}
