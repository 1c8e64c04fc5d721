/// How log lines are written.
package enum LogFormat: String, Sendable, CaseIterable {
  /// For people: `time level message key=value …`.
  case text
  /// For collectors: one JSON object a line.
  case json
}
