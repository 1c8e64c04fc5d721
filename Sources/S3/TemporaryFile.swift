import Glibc
internal import ProcessControl

/// A file under construction beside the one it will become.
package struct TemporaryFile: Sendable {
  /// In the same directory, so that the rename is atomic; hidden, and never the name of anything else.
  package let path: String

  package init(beside final: String) {
    let slash = final.lastIndex(of: "/")
    let directory = slash.map { final[...$0] } ?? ""
    let name = slash.map { final[final.index(after: $0)...] } ?? final[...]
    var random = SystemRandomNumberGenerator()
    // A long name must stay within NAME_MAX with what is added.
    path = "\(directory).\(name.prefix(40)).\(String(random.next(), radix: 36)).part"
  }

  /// Syncs the file, gives it its name and syncs the directory. Nil, or why it failed.
  ///
  /// - Parameter syncsDirectory: false where the caller does it, once for many files.
  package func commit(as final: String, syncsDirectory: Bool = true) -> String? {
    if let reason = sync(path, flags: O_RDONLY) { return reason }
    guard rename(path, final) == 0 else { return failure("cannot rename to \(final)") }
    return syncsDirectory ? syncDirectory(of: final) : nil
  }

  /// Like `commit`, but never over an existing file.
  package func publish(as final: String) -> Publication {
    if let reason = sync(path, flags: O_RDONLY) { return .failed(reason) }
    // Unlike rename, link fails when the name is taken.
    guard link(path, final) == 0 else {
      return errno == EEXIST ? .taken : .failed(failure("cannot create \(final)"))
    }
    discard()
    if let reason = syncDirectory(of: final) { return .failed(reason) }
    return .created
  }

  package enum Publication: Equatable, Sendable {
    case created, taken
    case failed(String)
  }

  /// Removes it, if it is there.
  package func discard() { unlink(path) }

  private func syncDirectory(of file: String) -> String? {
    let directory = file.lastIndex(of: "/").map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? "."
    return sync(directory, flags: O_RDONLY | O_DIRECTORY)
  }

  private func sync(_ path: String, flags: CInt) -> String? {
    let descriptor = open(path, flags | O_CLOEXEC)
    guard descriptor >= 0 else { return failure("cannot open \(path)") }
    defer { close(descriptor) }
    return fsync(descriptor) == 0 ? nil : failure("cannot sync \(path)")
  }

  private func failure(_ what: String) -> String { "\(what): \(systemReason(errno))" }
}
