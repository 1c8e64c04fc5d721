internal import Glibc
internal import LocalStack

/// A directory of one test, removed with everything in it when the last reference goes.
package final class TemporaryDirectory: Sendable {
  /// The absolute path, without links.
  package let path: String

  /// Makes an empty directory under TMPDIR or /tmp, open to its owner only.
  package init() throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array(("\(parent)/bundletop-test-" + String(repeating: "X", count: 6)).utf8CString)
    guard mkdtemp(&template) != nil, let real = realpath(&template, nil) else {
      throw TestSupportError("cannot make a directory in \(parent)")
    }
    defer { free(real) }
    path = String(cString: real)
  }

  /// Writes a file, making the folders on its way; returns its absolute path.
  @discardableResult
  package func write(_ text: String, to name: String, mode: UInt32 = 0o644) throws -> String {
    try write(Array(text.utf8), to: name, mode: mode)
  }

  /// Writes a file of these bytes, making the folders on its way; returns its absolute path.
  @discardableResult
  package func write(_ bytes: [UInt8], to name: String, mode: UInt32 = 0o644) throws -> String {
    try makeFolder(name.split(separator: "/").dropLast().joined(separator: "/"))
    let file = fopen("\(path)/\(name)", "we")
    guard let file else { throw TestSupportError("cannot write \(path)/\(name)") }
    let count = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, count == bytes.count else { throw TestSupportError("cannot write \(path)/\(name)") }
    chmod("\(path)/\(name)", mode)
    return "\(path)/\(name)"
  }

  /// Makes a folder and those above it; returns its absolute path.
  @discardableResult
  package func makeFolder(_ name: String) throws -> String {
    var folder = path
    for part in name.split(separator: "/") {
      folder += "/\(part)"
      guard mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw TestSupportError("cannot make \(folder)") }
    }
    return folder
  }

  /// The whole text of a file.
  package func read(_ name: String) throws -> String {
    try TestFile.read("\(path)/\(name)")
  }

  /// Removes it now; a second time does nothing.
  package func remove() { try? removeTree(path) }

  deinit { remove() }
}
