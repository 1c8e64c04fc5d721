internal import ArgumentParser
internal import BundleModel
internal import BundleStore
internal import ProcessControl
internal import Wire

/// `bundletop pods`: who is alive.
struct PodsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "pods", abstract: "Print the catalog pods.")

  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print a JSON array.") var json = false

  func run() async throws {
    let session = try Session(database)
    try await session.run {
      let pods = try await session.store.pods()
      let pauses = try await session.store.pauses()
      let counts = try await session.store.cacheCounts()
      writeLine(
        json
          ? try JSONText.document(
            pods.map { pod in
              let count = counts.first { $0.pod == pod.name }
              return WirePod(
                pod, pauses: pauses, cacheHits: count?.hits ?? 0, cacheMisses: count?.misses ?? 0)
            })
          : PodTable.text(pods, pauses: pauses, now: ThisProcess.now()))
    }
  }
}

/// Pods as a plain table.
enum PodTable {
  static func text(_ pods: [Pod], pauses: [Pause], now: Timestamp) -> String {
    let stops = pauses.map { pause in
      UntrustedText.line(
        "claiming is paused on \(pause.pod ?? "all pods") by \(pause.by), for \(HumanText.age(now.since(pause.since)))"
          + (pause.why.map { ": \($0)" } ?? ""))
    }
    guard !pods.isEmpty else { return (["no pods"] + stops).joined(separator: "\n") }
    var table = TextTable([
      ("POD", .left), ("STATE", .left), ("SEEN", .right), ("BUNDLES", .right), ("RUNNING", .right),
      ("VERSION", .left), ("MODE", .left), ("STORE", .left),
    ])
    for pod in pods {
      table.add([
        pod.name, pod.pause(among: pauses) != nil && pod.presence == .live ? "paused" : pod.presence.rawValue,
        HumanText.age(now.since(pod.lastSeen)), String(pod.catalogue),
        "\(pod.running)/\(pod.concurrency)", pod.version, pod.persistence, pod.store,
      ])
    }
    let notes = pods.flatMap { pod in pod.notes.map { "\(pod.name): \($0)" } }.map { UntrustedText.line($0) }
    return ([table.text] + stops + notes).joined(separator: "\n")
  }
}
