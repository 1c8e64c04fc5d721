internal import ArgumentParser
internal import Logging
internal import PodAPI

/// What a pod logs and how.
struct LogOptions: ParsableArguments {
  @Option(help: "How log lines are written: text or json.") var logFormat = LogFormat.text
  @Option(
    help: ArgumentHelp(
      "The least that is logged: debug, info, notice, warning, error. With debug every answered request is.",
      valueName: "level"),
    transform: level)
  var logLevel = Logger.Level.info

  private static func level(_ text: String) throws -> Logger.Level {
    guard let level = Logger.Level(rawValue: text) else {
      throw ValidationError("--log-level takes debug, info, notice, warning or error")
    }
    return level
  }
}

extension LogFormat: ExpressibleByArgument {}
