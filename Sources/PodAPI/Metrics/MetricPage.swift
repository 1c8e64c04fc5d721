/// Metrics as text. Source: Prometheus, "Exposition formats", text format 0.0.4.
struct MetricPage {
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""

  /// Writes a family; one without series is described all the same.
  mutating func write(_ family: MetricFamily, _ series: [[String]: MetricRegistry.Series]) {
    text += "# HELP \(family.name) \(Self.escaped(family.help, quotes: false))\n"
    text += "# TYPE \(family.name) \(family.kind.word)\n"
    for (labels, series) in series.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      let pairs = zip(family.labels, labels).map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }
      guard case .histogram(let bounds) = family.kind else {
        line(family.name, pairs, series.value)
        continue
      }
      var count: UInt64 = 0
      for (bound, found) in zip(bounds.map(Self.number) + ["+Inf"], series.buckets) {
        count += found
        line(family.name + "_bucket", pairs + ["le=\"\(bound)\""], Double(count))
      }
      line(family.name + "_sum", pairs, series.value)
      line(family.name + "_count", pairs, Double(count))
    }
  }

  private mutating func line(_ name: String, _ labels: [String], _ value: Double) {
    text += name
    if !labels.isEmpty { text += "{\(labels.joined(separator: ","))}" }
    text += " \(Self.number(value))\n"
  }

  /// A number as Go's ParseFloat reads it, whole ones without a fraction.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    if value == value.rounded(), abs(value) < 1e15 { return "\(Int64(value))" }
    return "\(value)"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\"" where quotes: out += "\\\""
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
