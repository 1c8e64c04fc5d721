internal import BundleModel
internal import Glibc
internal import ProcessControl

/// The question before something changes the world.
enum Confirmation {
  /// Whether a person is there to answer: the answer is read from stdin, and the question goes to stderr.
  static var isPossible: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

  /// Asks, and fails unless the answer is yes.
  static func ask(_ question: String) throws {
    writeLine("\(question)? Type yes: ", to: .errors)
    guard readLine(strippingNewline: true)?.lowercased() == "yes" else {
      throw CommandFailure(.failed, "nothing was done")
    }
  }
}
