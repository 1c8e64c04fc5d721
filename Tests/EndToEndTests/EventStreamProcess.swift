import BundleModel
import Glibc
import LocalStack
import TestSupport

/// One server-sent event (WHATWG HTML, section 9.2), or a comment.
struct ServerSentEvent: Hashable, Sendable {
  /// `message` when the server names none.
  var name = "message"
  /// Nil when it has none.
  var id: String?
  /// Lines joined by line feeds.
  var data = ""
}

/// A curl that follows a stream of events into a file.
final class EventStreamProcess: Sendable {
  let process: ManagedProcess
  private let logFile: String

  fileprivate static let patience = "120"

  /// Starts it. The token goes into a file: arguments can be read by everybody.
  init(
    name: String, folder: TemporaryDirectory, url: String, token: Secret<String>, after: String?,
    environment: [String: String]
  ) throws {
    var head = "authorization: Bearer \(token.reveal())\naccept: text/event-stream\n"
    if let after { head += "last-event-id: \(after)\n" }
    let headers = try folder.write(head, to: "events/\(name).headers", mode: 0o600)
    logFile = "\(folder.path)/events/\(name).stream"
    process = try ManagedProcess.start(
      ManagedProcess.Command(
        "curl",
        [
          "--silent", "--show-error", "--fail", "--no-buffer", "--max-time", Self.patience, "--header",
          "@\(headers)",
          "--include", url,
        ],
        environment: ["PATH": environment["PATH"] ?? ""], logFile: logFile,
        lifeline: .terminate(patience: .seconds(2))))
  }

  /// All that came, the head included.
  var log: String { (try? TestFile.read(logFile)) ?? "" }
  /// Whether the server has accepted: from now on every event comes.
  var isOpen: Bool { log.hasPrefix("HTTP/1.1 200") && log.contains("\r\n\r\n") }
  /// The whole events so far; a last one that is cut off is none.
  var events: [ServerSentEvent] {
    ServerSentEvent.parse(log.firstRange(of: "\r\n\r\n").map { log[$0.upperBound...] } ?? "")
  }

  /// Ends it.
  func stop() async { await process.stop(.terminate(patience: .seconds(2))) }

  /// Empties what came when it has ended: the run is searched for signed links, and this one was sent some on purpose.
  func forget() { truncate(logFile, 0) }
}

extension ServerSentEvent {
  /// The events of a stream: each ends with an empty line; comments are no events.
  static func parse(_ stream: Substring) -> [ServerSentEvent] {
    var events: [ServerSentEvent] = []
    var event = ServerSentEvent()
    var data: [Substring] = []
    for line in stream.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      if line.isEmpty {
        event.data = data.joined(separator: "\n")
        if !data.isEmpty { events.append(event) }
        (event, data) = (ServerSentEvent(), [])
        continue
      }
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.count > 1 ? (parts[1].first == " " ? parts[1].dropFirst() : parts[1]) : ""
      switch parts[0] {
      case "event": event.name = String(value)
      case "data": data.append(value)
      case "id": event.id = String(value)
      default: break
      }
    }
    return events
  }
}
