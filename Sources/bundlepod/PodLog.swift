internal import BundleModel
internal import Logging
internal import PodAPI
internal import ProcessControl

/// Where a pod's log goes: one line an entry on stderr, all text made harmless and without credentials.
struct PodLog: LogHandler {
  let format: LogFormat
  var logLevel: Logger.Level
  var metadata = Logger.Metadata()

  /// The logger of one pod.
  static func logger(pod: String, _ options: LogOptions) -> Logger {
    var logger = Logger(label: "bundlepod") { _ in PodLog(format: options.logFormat, logLevel: options.logLevel) }
    logger[metadataKey: "pod"] = "\(pod)"
    return logger
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    let line = LogLine(
      time: ThisProcess.now(), level: "\(event.level)", message: event.message.description,
      fields: all.mapValues { "\($0)" })
    writeLine(line.text(format), to: .errors)
  }
}
