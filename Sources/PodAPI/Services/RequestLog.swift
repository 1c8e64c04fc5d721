package import Logging

/// One log line for each answered request, of values that cannot hold a secret: no path, no query, no header.
package struct RequestLog: Sendable {
  private let log: Logger

  package init(_ log: Logger) { self.log = log }

  /// Writes the line: what changes something or fails can be seen without being asked for.
  package func observe(_ record: RequestRecord) {
    let level: Logger.Level =
      switch record.status {
      case 500...: .error
      case 400...: .info
      default: record.method == .post ? .info : .debug
      }
    let microseconds =
      record.took.components.seconds * 1_000_000 + record.took.components.attoseconds / 1_000_000_000_000
    var metadata: Logger.Metadata = [
      "request": "\(record.id)", "method": "\(record.method)", "status": "\(record.status)",
      "microseconds": "\(microseconds)",
    ]
    if let route = record.route { metadata["operation"] = "\(route.operationID)" }
    if let caller = record.caller { metadata["caller"] = "\(caller)" }
    log.log(level: level, "answered", metadata: metadata)
  }
}
