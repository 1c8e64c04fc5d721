/// One metric: its name, what it says, and which labels tell its series apart.
///
/// Source: Prometheus, "Metric and label naming". No label is of what callers write: series are few and known.
package struct MetricFamily: Sendable {
  package enum Kind: Sendable {
    case counter
    case gauge
    /// Upper bounds of the buckets, rising, without the last, infinite one.
    case histogram([Double])

    var word: String {
      switch self {
      case .counter: "counter"
      case .gauge: "gauge"
      case .histogram: "histogram"
      }
    }
  }

  package let name: String
  package let help: String
  package let kind: Kind
  package let labels: [String]
  /// Series that are there from the start, at zero: a rate can only be seen of what was there before.
  let known: [[String]]

  init(_ name: String, _ kind: Kind, _ help: String, labels: [String] = [], known: [[String]] = []) {
    self.name = name
    self.help = help
    self.kind = kind
    self.labels = labels
    if case .gauge = kind { self.known = known } else { self.known = labels.isEmpty ? [[]] : known }
  }

  /// The names under which its samples are exported.
  package var sampleNames: [String] {
    if case .histogram = kind { return ["_bucket", "_sum", "_count"].map { name + $0 } }
    return [name]
  }
}
