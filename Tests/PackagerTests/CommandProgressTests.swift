import Testing

@testable import Packager

@Suite struct CommandProgressTests {
  private static let lines: [(String, String?, Double?)] = [
    ("progress 40%", nil, 0.4), ("Progress: 12.5% of it", "of it", 0.125), ("progress 100%", nil, 1),
    ("progress 101%", "progress 101%", nil), ("progress", "progress", nil), ("40% done", "40% done", nil),
    ("progress x%", "progress x%", nil), ("progress -1%", "progress -1%", nil),
    ("progress nan%", "progress nan%", nil),
  ]

  @Test(arguments: lines)
  func table(line: String, message: String?, fraction: Double?) {
    #expect(CommandProgress.event(for: line) == .progress(message: message, fraction: fraction))
  }

  @Test func manyLinesAreThinnedAndTheLastIsTold() {
    let collected = Collected()
    var progress = CommandProgress { collected.add($0) }
    let start = ContinuousClock.now
    for i in 0...1000 { progress.line("progress \(Double(i) / 10)%", now: start + .milliseconds(i)) }
    progress.finish()
    let all = collected.events
    #expect(all.count == 11)
    #expect(all.last == .progress(message: nil, fraction: 1))
  }
}
