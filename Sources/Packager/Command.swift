internal import BundleModel

/// A program to run for a bundle.
struct Command: Equatable, Sendable {
  /// What a person calls it in messages, such as "npm ci".
  var name: String
  /// Absolute.
  var executable: String
  /// Without the program's own name.
  var arguments: [String]
  var directory: String
  /// All of the environment.
  var environment: [String: String]
  /// How long it may take.
  var limit: Duration
  /// Between asking it to stop and killing it.
  var grace: Duration
  /// Bytes that it may print.
  var outputLimit: Int
  var confinement = Confinement()
  /// Bytes of its output that are kept.
  var tailLimit: Int = 64 << 10
}

/// How a program ended by itself.
struct CommandOutcome: Equatable, Sendable {
  /// Its exit code, or 128 + the signal that ended it.
  var code: Int32
  /// The end of what it printed, without control characters.
  var tail: String

  /// What it said last; nil when it was silent.
  var lastLine: String? { tail.split(separator: "\n").last { $0.nonBlank != nil }?.nonBlank }
}
