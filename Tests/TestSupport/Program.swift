internal import Subprocess

/// A program of others that runs and ends, with all that it said.
package enum Program {
  /// What a program printed and how it ended.
  package struct Result: Sendable {
    /// Its standard output.
    package let output: String
    /// Its standard error.
    package let errors: String
    /// Its exit status, 128 + the signal's number when one ended it.
    package let status: Int32
    /// Whether the status is 0.
    package var succeeded: Bool { status == 0 }
  }

  /// Runs a program to its end; at most 64 MB of output. Status 127 when there is no such program.
  ///
  /// A shell changes the directory and becomes the program, because paths as values need a module of swift-system
  /// that nothing else here does.
  package static func run(
    _ program: String, _ arguments: [String] = [], environment: [String: String]? = nil,
    input: String = "", workingDirectory: String = "."
  ) async throws -> Result {
    BrokenPipes.areErrors
    let settings = environment?.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
    let result = try await Subprocess.run(
      .name("sh"),
      arguments: Arguments(["-c", #"cd "$0" && exec "$@""#, workingDirectory, program] + arguments),
      environment: settings.map { .custom(Dictionary(uniqueKeysWithValues: $0)) } ?? .inherit,
      input: .string(input), output: .string(limit: 64 << 20), error: .string(limit: 64 << 20))
    let status: Int32 =
      switch result.terminationStatus {
      case .exited(let code): Int32(code)
      case .signaled(let signal): 128 + Int32(signal)
      }
    KeptOutput.note([program] + arguments, result.standardOutput, result.standardError)
    return Result(output: result.standardOutput, errors: result.standardError, status: status)
  }
}
