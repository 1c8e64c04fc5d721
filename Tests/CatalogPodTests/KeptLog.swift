import Logging
import Synchronization

/// Keeps what is logged, for tests to look at.
final class KeptLog: Sendable {
  private let kept = Mutex<[String]>([])

  /// The messages so far, without their metadata.
  var messages: [String] { kept.withLock { $0 } }

  /// A logger whose copies all write here.
  var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

  private struct Handler: LogHandler {
    let log: KeptLog
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.debug

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { log.kept.withLock { $0.append("\(event.message)") } }
  }
}
