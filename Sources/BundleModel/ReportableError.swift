/// The exit statuses that scripts may rely on.
///
/// Source: sysexits.h, for those from 64 on.
package enum ExitStatus: Int32, Sendable {
  case done = 0
  case failed = 1
  /// Done partly, or done with findings.
  case partly = 2
  case usage = 64
  case unavailable = 69
  case denied = 77
}

/// An error that can be told to whoever started a program: the targets' errors conform beside their definitions.
package protocol ReportableError: Error, Sendable {
  /// What happened, to what, and what to do. Holds no secret.
  var message: String { get }
  /// What it means for a script.
  var exitStatus: ExitStatus { get }
}
