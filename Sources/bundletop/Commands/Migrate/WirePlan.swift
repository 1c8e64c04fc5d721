internal import BundleModel
internal import JSON
internal import LegacyMigration
internal import LegacyStore

/// A plan as scripts read it. Names are sorted, as in all our documents.
enum WirePlan {
  /// Prints it.
  static func write(_ plan: MigrationPlan) throws(CommandFailure) {
    var json = JSONWriter(.indented)
    json.object { json in
      WireMigration.number("bundles", plan.outcomes.bundles, &json)
      json.name("counts")
      json.object { json in
        for (kind, count) in plan.kinds { WireMigration.number(kind.rawValue, count, &json) }
      }
      WireMigration.write(plan.findings, to: &json)
      json.name("outcomes")
      outcomes(plan.outcomes, &json)
      json.name("sources")
      json.array { json in for one in plan.sources { source(one, &json) } }
    }
    let output = BufferedOutput()
    try output.line(json.text)
    try output.flush()
  }

  private static func outcomes(_ outcomes: MigrationPlan.Outcomes, _ json: inout JSONWriter) {
    json.object { json in
      WireMigration.number("failed", outcomes.failed, &json)
      WireMigration.number("kept", outcomes.kept, &json)
      WireMigration.number("known", outcomes.known, &json)
      WireMigration.number("quarantined", outcomes.quarantined, &json)
      WireMigration.number("requeued", outcomes.requeued, &json)
      WireMigration.number("taken", outcomes.taken, &json)
    }
  }

  private static func source(_ one: SourceCount, _ json: inout JSONWriter) {
    json.object { json in
      json.name("archives")
      json.object { json in
        WireMigration.number("bytes", one.archiveBytes, &json)
        WireMigration.number("missing", one.archivesMissing, &json)
        json.name("places")
        json.object { json in
          for place in 1...5 { WireMigration.number("\(place)", one.archives[place] ?? 0, &json) }
        }
        WireMigration.number("unreadable", one.archivesUnreadable, &json)
        WireMigration.number("unsafe", one.archivesUnsafe, &json)
      }
      WireMigration.number("defects", one.defects, &json)
      json.name("formats")
      json.object { json in
        WireMigration.number("files", one.files, &json)
        WireMigration.number("map", one.members, &json)
      }
      json.name("hasID")
      json.bool(one.source.hasID)
      WireMigration.text("id", one.source.id, &json)
      WireMigration.text("path", one.source.directory.path, &json)
      json.name("states")
      json.object { json in
        for state in BundleState.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
          WireMigration.number(state.rawValue, one.states[state] ?? 0, &json)
        }
      }
      WireMigration.number("statusBytes", one.statusBytes, &json)
    }
  }
}
