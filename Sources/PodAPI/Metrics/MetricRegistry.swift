internal import Synchronization

/// The numbers of a process. Adding is a lookup under a lock; there are no background tasks.
package final class MetricRegistry: Sendable {
  struct Series {
    var value = 0.0
    /// Observations by bucket, not yet summed up; the last is for what is above all bounds.
    var buckets: [UInt64] = []
  }

  /// No metric has more series than these, whatever happens: more are not counted.
  static let mostSeries = 1000

  let families: [MetricFamily]
  private let state: Mutex<[String: [[String]: Series]]>

  package init(_ families: [MetricFamily] = MetricFamily.all) {
    self.families = families
    var series: [String: [[String]: Series]] = [:]
    for family in families {
      series[family.name] = Dictionary(family.known.map { ($0, Series(family)) }, uniquingKeysWith: { $1 })
    }
    state = Mutex(series)
  }

  /// Adds to a counter.
  package func add(_ amount: Double = 1, to family: MetricFamily, _ labels: [String] = []) {
    change(family, labels) { $0.value += amount }
  }

  /// Sets a gauge.
  package func set(_ family: MetricFamily, _ labels: [String] = [], to value: Double) {
    change(family, labels) { $0.value = value }
  }

  /// Removes every series of a gauge: what is not known must not be shown as it was.
  package func clear(_ family: MetricFamily) { state.withLock { $0[family.name] = [:] } }

  /// Counts one observation of a histogram.
  package func observe(_ value: Double, in family: MetricFamily, _ labels: [String] = []) {
    guard case .histogram(let bounds) = family.kind else { return }
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    change(family, labels) { series in
      series.value += value
      series.buckets[bucket] += 1
    }
  }

  private func change(_ family: MetricFamily, _ labels: [String], _ body: (inout Series) -> Void) {
    precondition(labels.count == family.labels.count, "\(family.name) has the labels \(family.labels)")
    state.withLock { state in
      guard state[family.name]?[labels] != nil || (state[family.name]?.count ?? 0) < MetricRegistry.mostSeries
      else {
        return
      }
      body(&state[family.name, default: [:]][labels, default: Series(family)])
    }
  }

  /// Everything as Prometheus reads it, one moment of all series.
  package func text() -> String {
    let series = state.withLock { $0 }
    var page = MetricPage()
    for family in families { page.write(family, series[family.name] ?? [:]) }
    return page.text
  }
}

extension MetricRegistry.Series {
  init(_ family: MetricFamily) {
    if case .histogram(let bounds) = family.kind { buckets = [UInt64](repeating: 0, count: bounds.count + 1) }
  }
}
