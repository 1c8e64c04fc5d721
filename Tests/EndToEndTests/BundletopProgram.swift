import TestSupport
import Testing

/// `bundletop`, run without a terminal until it ends.
enum BundletopProgram {
  /// Runs it, at most 90 s: one that hangs fails the scenario.
  static func run(
    _ arguments: [String], environment: [String: String], input: String = "", workingDirectory: String = "."
  ) async throws -> Program.Result {
    let result = try await Program.run(
      "timeout", ["--kill-after=5", "90", try BuiltProducts.path("bundletop")] + arguments,
      environment: environment, input: input, workingDirectory: workingDirectory)
    if result.status == 124 || result.status == 137 {
      throw TestSupportError(
        "`bundletop \(arguments.joined(separator: " "))` hangs: \(result.output)\(result.errors)")
    }
    return result
  }
}

extension Program.Result {
  /// What a `bundletop` that must have succeeded printed.
  func requireDone(_ arguments: [String]) throws -> String {
    guard succeeded else {
      throw TestSupportError(
        "`bundletop \(arguments.joined(separator: " "))` ended with \(status): \(output)\(errors)")
    }
    return output
  }

  /// Expects that the program ended with this status, printed nothing, and complained in one line with these words.
  func expectComplaint(
    _ status: Int32, saying words: String = "", of what: some Sendable,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(self.status == status, "\(what): \(output)\(errors)", sourceLocation: sourceLocation)
    #expect(output == "", "\(what)", sourceLocation: sourceLocation)
    #expect(errors.split(separator: "\n").count == 1, "\(what): \(errors)", sourceLocation: sourceLocation)
    #expect(errors.contains(words), "\(what): \(errors)", sourceLocation: sourceLocation)
  }
}
