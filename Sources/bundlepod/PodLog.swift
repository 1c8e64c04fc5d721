internal import BundleModel
internal import Logging
internal import ProcessControl

/// Where a pod's log goes: one line an entry on stderr, `time level message key=value …`, all text made harmless.
struct PodLog: LogHandler {
  var logLevel = Logger.Level.info
  var metadata = Logger.Metadata()

  /// The logger of one pod.
  static func logger(pod: String) -> Logger {
    var logger = Logger(label: "bundlepod") { _ in PodLog() }
    logger[metadataKey: "pod"] = "\(pod)"
    return logger
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    var line = "\(ThisProcess.now().iso8601) \(event.level) \(UntrustedText.line(event.message.description))"
    for (key, value) in all.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(Self.quoted("\(value)"))" }
    writeLine(line, to: .errors)
  }

  /// A value as logfmt writes it.
  private static func quoted(_ text: String) -> String {
    let clean = UntrustedText.line(text, limit: 1000)
    guard clean.isEmpty || clean.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" }) else { return clean }
    return "\"" + clean.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
