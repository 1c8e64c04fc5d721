internal import BundleModel
internal import Glibc
internal import LocalStack
internal import ProcessControl

/// The file that lets other commands talk to a headless demo.
enum DemoEnvironment {
  /// Writes `dir/env`, readable by its owner alone: it holds passwords.
  static func write(_ environment: [String: String], into directory: String) throws {
    guard mkdir(directory, 0o700) == 0 || errno == EEXIST else { throw failure("make", directory) }
    let text = environment.sorted { $0.key < $1.key }
      .map { "export \($0.key)='\($0.value.replacing("'", with: "'\\''"))'\n" }.joined()
    let path = "\(directory)/env"
    unlink("\(path).new")
    try writeText(text, to: "\(path).new")
    guard rename("\(path).new", path) == 0 else { throw failure("write", path) }
  }

  private static func failure(_ verb: String, _ path: String) -> CommandFailure {
    CommandFailure(.failed, "cannot \(verb) \(path): \(systemReason(errno))")
  }
}
