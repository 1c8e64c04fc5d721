internal import BundleModel

/// One line that says why nothing moves.
extension DashboardState {
  /// The weightiest reason; nil when all is well.
  var banner: Phrase? {
    if let pods, !pods.contains(where: { !$0.isGone && !$0.isStopped }) {
      let waiting = bundles.count(.queued)
      return waiting == 0
        ? "no pod is alive: nothing will be packaged"
        : "no pod is alive: \(waiting) queued bundle\(waiting == 1 ? "" : "s") will wait"
    }
    if case .unreachable(let since, let reason) = storage {
      return "object storage unreachable since \(time: since): \(reason)"
    }
    if let pause = pauses.first(where: { $0.pod == nil }) ?? pauses.first {
      let who = pause.pod.map { "pod \($0)" } ?? "all pods"
      let why = pause.why.map { ": \($0)" } ?? ""
      return "claiming is paused on \(who) by \(pause.by) since \(time: pause.since)\(why)"
    }
    guard let first = unoffered.first else { return nil }
    return unoffered.count == 1
      ? "no live pod offers \(first): it will wait"
      : "no live pod offers \(first) and \(unoffered.count - 1) more: they will wait"
  }

  func drawBanner(_ canvas: inout Canvas, _ layout: ScreenLayout) {
    guard let row = layout.banner, let banner else { return }
    canvas.write("! " + canvas.text(banner), row: row, column: 0, role: .warning)
  }
}
