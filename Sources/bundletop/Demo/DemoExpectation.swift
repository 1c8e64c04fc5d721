internal import BundleModel
internal import FoundationEssentials

/// What should become of the examples: everything completes but what `demo.json` beside them names.
struct DemoExpectation {
  private struct File: Decodable {
    var expectedToFail: [String]
  }

  private let failing: Set<Slug>

  init(examplesRoot: String) {
    let data = try? Data(contentsOf: URL(filePath: "\(examplesRoot)/demo.json"))
    let file = data.flatMap { try? JSONDecoder().decode(File.self, from: $0) }
    failing = Set((file?.expectedToFail ?? []).compactMap { Slug($0) })
  }

  /// One phrase for each bundle that ended otherwise.
  func surprises(in statuses: [BundleStatus], offered: Set<Slug>) -> [String] {
    let missing = offered.subtracting(statuses.map(\.slug)).sorted().map { "\($0) was never packaged" }
    return missing
      + statuses.compactMap { status in
        let isAsExpected = (status.state == .failed) == failing.contains(status.slug)
        return isAsExpected ? nil : "\(status.slug) is \(status.state.rawValue)"
      }
  }
}
