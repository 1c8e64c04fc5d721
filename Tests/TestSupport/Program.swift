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
  /// A shell changes the directory, opens the input and becomes the program, because paths as values need a module of
  /// swift-system that nothing else here does. The input is a file and no pipe: a program that ends without reading it
  /// would break the pipe, and swift-subprocess ends our process then ("was not closed").
  package static func run(
    _ program: String, _ arguments: [String] = [], environment: [String: String]? = nil,
    input: String = "", workingDirectory: String = "."
  ) async throws -> Result {
    BrokenPipes.areErrors
    let settings = environment?.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
    let folder = input.isEmpty ? nil : try TemporaryDirectory()
    let inputFile = try folder?.write(input, to: "input", mode: 0o600) ?? "/dev/null"
    let script = #"cd "$0" && exec <"$1" && shift && exec "$@""#
    let result = try await Subprocess.run(
      .name("sh"), arguments: Arguments(["-c", script, workingDirectory, inputFile, program] + arguments),
      environment: settings.map { .custom(Dictionary(uniqueKeysWithValues: $0)) } ?? .inherit,
      input: .none, output: .string(limit: 64 << 20), error: .string(limit: 64 << 20))
    folder?.remove()
    let status: Int32 =
      switch result.terminationStatus {
      case .exited(let code): Int32(code)
      case .signaled(let signal): 128 + Int32(signal)
      }
    KeptOutput.note([program] + arguments, result.standardOutput, result.standardError)
    return Result(output: result.standardOutput, errors: result.standardError, status: status)
  }
}
