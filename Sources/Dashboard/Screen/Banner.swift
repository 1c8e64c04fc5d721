internal import BundleModel

/// One line that says why nothing moves.
extension DashboardState {
  /// The weightiest reason; nil when all is well.
  var banner: Phrase? {
    if let pods, !pods.contains(where: { $0.presence == .live }) {
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
    if let damage { return damage }
    if let modes = pods?.mixedModes { return "\(modes)" }
    guard let first = unoffered.first else { return nil }
    return unoffered.count == 1
      ? "no live pod offers \(first): it will wait"
      : "no live pod offers \(first) and \(unoffered.count - 1) more: they will wait"
  }

  /// What is wrong with stored archives, by the last look at them.
  private var damage: Phrase? {
    let changed = bundles.count(.mismatch)
    let gone = bundles.count(.missing)
    // Short: the advice must be there on 80 columns, too.
    let advice: Phrase = ": bundletop verify names them"
    let mismatch: Phrase = "\(changed) stored archive\(changed == 1 ? " does" : "s do") not match"
    switch (changed, gone) {
    case (0, 0): return nil
    case (_, 0): return mismatch + " what was published" + advice
    case (0, _): return "\(gone) stored archive\(gone == 1 ? " is" : "s are") missing" + advice
    default: return mismatch + ", \(gone) \(gone == 1 ? "is" : "are") missing" + advice
    }
  }

  func drawBanner(_ canvas: inout Canvas, _ layout: ScreenLayout) {
    guard let row = layout.banner, let banner else { return }
    canvas.write("! " + canvas.text(banner), row: row, column: 0, role: .warning)
  }
}
