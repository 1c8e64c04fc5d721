internal import BundleModel

/// Pods as a plain table.
enum PodTable {
  static func state(_ pod: Pod) -> String { pod.isStopped ? "stopped" : pod.isGone ? "gone" : "live" }

  /// Why a pod takes no job: its own pause, or that of all.
  static func pause(of pod: Pod, _ pauses: [Pause]) -> Pause? {
    pauses.first { $0.pod == pod.name } ?? pauses.first { $0.pod == nil }
  }

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
        pod.name, pause(of: pod, pauses) != nil && state(pod) == "live" ? "paused" : state(pod),
        HumanText.age(now.since(pod.lastSeen)), String(pod.catalogue),
        "\(pod.running)/\(pod.concurrency)", pod.version, pod.persistence, pod.store,
      ])
    }
    let notes = pods.flatMap { pod in pod.notes.map { "\(pod.name): \($0)" } }.map { UntrustedText.line($0) }
    return ([table.text] + stops + notes).joined(separator: "\n")
  }
}
