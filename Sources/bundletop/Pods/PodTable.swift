internal import BundleModel

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
    let modes = pods.mixedModes.map { [$0] } ?? []
    let files = pods.compactMap { pod in
      pod.presence == .live ? pod.directory.flatMap { line($0) }.map { "\(pod.name): \($0)" } : nil
    }.map { UntrustedText.line($0) }
    let notes = pods.flatMap { pod in pod.notes.map { "\(pod.name): \($0)" } }.map { UntrustedText.line($0) }
    return ([table.text] + stops + modes + files + notes).joined(separator: "\n")
  }

  /// What a person should know of a pod's directory; nil when there is nothing.
  private static func line(_ directory: PodDirectory) -> String? {
    let waiting = directory.unmigrated.flatMap { count in
      count == 0 ? nil : "\(count) statuses in its directory are not in the database"
    }
    let following = directory.following.flatMap { text in
      text.hasPrefix("failed") ? "its directory does not follow the database: \(text)" : nil
    }
    let said = [waiting, following].compactMap { $0 }
    return said.isEmpty ? nil : "\(said.joined(separator: "; ")) (\(directory.source ?? directory.path))"
  }
}
