internal import JSON

/// One thing that was looked at, and how it is. Fit for everybody: it names no host, no path and no secret.
package struct HealthCheck: Equatable, Sendable {
  package enum Status: String, Sendable, CaseIterable {
    case pass, warn, fail
  }

  /// `component:measurement`. Source: draft-inadarei-api-health-check-06, section 4.
  package var name: String
  package var status: Status
  /// What was measured, in `unit`.
  package var value: Double?
  package var unit: String?
  /// What a person should know, and do; nil when all is well.
  package var message: String?

  package init(
    _ name: String, _ status: Status = .pass, value: Double? = nil, unit: String? = nil, _ message: String? = nil
  ) {
    self.name = name
    self.status = status
    self.value = value
    self.unit = unit
    self.message = message
  }

  /// A check of a span.
  static func span(_ name: String, _ span: Duration?, unit: SpanUnit, warnFrom limit: Duration, _ message: String)
    -> HealthCheck
  {
    let isLong = span.map { $0 >= limit } ?? false
    return HealthCheck(
      name, isLong ? .warn : .pass, value: span.map { $0.seconds * unit.rawValue }, unit: unit.name,
      isLong ? message : nil)
  }

  enum SpanUnit: Double {
    case seconds = 1
    case milliseconds = 1000

    var name: String { self == .seconds ? "s" : "ms" }
  }
}

extension [HealthCheck] {
  /// The check of a name.
  package subscript(_ name: String) -> HealthCheck? { first { $0.name == name } }

  /// What a person should know.
  package var warnings: [String] { compactMap { $0.status == .pass ? nil : $0.message ?? $0.name } }

  /// Writes the object `checks`.
  func write(to json: inout JSONWriter) {
    json.object { json in
      for check in self {
        json.name(check.name)
        json.object { json in
          json.member("status", check.status.rawValue)
          if let value = check.value {
            json.name("observedValue")
            json.number((value * 1000).rounded() / 1000)
          }
          if let unit = check.unit { json.member("observedUnit", unit) }
          if let message = check.message { json.member("output", message) }
        }
      }
    }
  }
}

extension Duration {
  /// The span in seconds.
  package var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1_000_000_000_000_000_000
  }
}
