internal import BundleModel
internal import Glibc
internal import ProcessControl

/// A folder that only we can enter, with one file in it, below TMPDIR.
struct PrivateFolder: Sendable {
  private let path: String

  init() throws(CommandFailure) {
    let parent = ThisProcess.environment()["TMPDIR"] ?? "/tmp"
    var template = Array(("\(parent)/bundletop-" + String(repeating: "X", count: 6)).utf8CString)
    guard mkdtemp(&template) != nil else {
      throw CommandFailure(.failed, "cannot make a folder in \(parent): \(systemReason())")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Where the file goes.
  var file: String { "\(path)/object" }

  /// Writes the file to standard output. Blocks.
  func copyToOutput() throws(CommandFailure) {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw CommandFailure(.failed, "cannot read \(file): \(systemReason())") }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw CommandFailure(.failed, "cannot read \(file): \(systemReason())") }
      guard count > 0 else { return }
      try BufferedOutput.write(buffer[..<count])
    }
  }

  /// Removes both.
  func remove() {
    unlink(file)
    rmdir(path)
  }
}
