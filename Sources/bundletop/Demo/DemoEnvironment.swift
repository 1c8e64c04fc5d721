internal import BundleModel
internal import Glibc
internal import ProcessControl

/// The file that lets other commands talk to a headless demo.
enum DemoEnvironment {
  /// Writes `dir/env`, readable by its owner alone: it holds passwords.
  static func write(_ environment: [String: String], into directory: String) throws {
    guard mkdir(directory, 0o700) == 0 || errno == EEXIST else { throw failure("make", directory) }
    let text = environment.sorted { $0.key < $1.key }
      .map { "export \($0.key)='\($0.value.replacing("'", with: "'\\''"))'\n" }.joined()
    let path = "\(directory)/env"
    let descriptor = open("\(path).new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("write", path) }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 || errno == EINTR else { break }
      bytes.removeFirst(max(count, 0))
    }
    close(descriptor)
    guard bytes.isEmpty, rename("\(path).new", path) == 0 else { throw failure("write", path) }
  }

  private static func failure(_ verb: String, _ path: String) -> CommandFailure {
    CommandFailure(.failed, "cannot \(verb) \(path): \(systemReason(errno))")
  }
}
