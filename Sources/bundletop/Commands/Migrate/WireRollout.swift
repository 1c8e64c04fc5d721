internal import BundleModel
internal import BundleStore
internal import JSON
internal import LegacyMigration

/// Where the move stands, as scripts read it. Names are sorted, as in all our documents.
enum WireRollout {
  /// Prints it.
  static func write(_ facts: RolloutFacts) throws(CommandFailure) {
    let stage = RolloutStage(facts)
    var json = JSONWriter(.indented)
    json.object { json in
      refusals("againstCutback", .cutback, facts, &json)
      refusals("againstCutover", .cutover, facts, &json)
      WireMigration.text("next", stage.next, &json)
      json.name("pods")
      json.array { json in for one in facts.pods where one.isLive { pod(one, &json) } }
      WireMigration.text("reads", facts.reads.rawValue, &json)
      json.name("sources")
      json.array { json in for one in facts.sources { source(one, &json) } }
      WireMigration.text("stage", stage.rawValue, &json)
      WireMigration.text("switchedAt", facts.switched?.at.iso8601, &json)
      WireMigration.text("switchedBy", facts.switched?.by, &json)
    }
    let output = BufferedOutput()
    try output.line(json.text)
    try output.flush()
  }

  private static func refusals(
    _ name: String, _ change: ReadSwitch, _ facts: RolloutFacts, _ json: inout JSONWriter
  ) {
    json.name(name)
    json.array { json in for reason in RolloutDecision.refusals(of: change, facts) { json.string(reason) } }
  }

  private static func pod(_ one: RolloutPod, _ json: inout JSONWriter) {
    json.object { json in
      WireMigration.text("directory", one.directory, &json)
      WireMigration.text("following", one.following, &json)
      WireMigration.text("mode", one.mode, &json)
      WireMigration.text("name", one.name, &json)
      WireMigration.text("source", one.source, &json)
      number("unmigrated", one.unmigrated, &json)
    }
  }

  private static func source(_ one: KnownDirectory, _ json: inout JSONWriter) {
    json.object { json in
      WireMigration.text("cleanedAt", one.cleanedAt?.iso8601, &json)
      number("differences", one.differences, &json)
      WireMigration.text("exportedAt", one.exportedAt?.iso8601, &json)
      WireMigration.text("host", one.host, &json)
      WireMigration.text("id", one.id, &json)
      WireMigration.text("path", one.path, &json)
      WireMigration.text("plannedAt", one.plannedAt?.iso8601, &json)
      number("quarantined", one.quarantined, &json)
      WireMigration.text("ranAt", one.ranAt?.iso8601, &json)
      WireMigration.text("verifiedAt", one.verifiedAt?.iso8601, &json)
    }
  }

  private static func number(_ name: String, _ value: Int?, _ json: inout JSONWriter) {
    json.name(name)
    if let value { json.number(Int64(value)) } else { json.null() }
  }
}
