internal import BundleModel
import Glibc
internal import ProcessControl

extension LegacyDirectory {
  /// The directory's id, from its marker file; nil when it has none. Blocks.
  ///
  /// - Throws: `.invalid` when the marker holds something else than an id.
  package func sourceID() throws(LegacyError) -> String? {
    let root = try LegacyFolder.root(path)
    guard let file = try root.file(LegacyName.source) else { return nil }
    var bytes: [UInt8] = []
    guard try file.stamp().size <= 100 else { throw LegacyDirectory.noID(path) }
    try file.read { piece throws(LegacyError) in bytes += piece }
    let text = String(decoding: bytes, as: UTF8.self).trimmingBlanks()
    guard LegacyDirectory.isSourceID(text) else { throw LegacyDirectory.noID(path) }
    return String(text)
  }

  /// Gives the directory its id, durably, and makes the directory when it is not there. Blocks.
  ///
  /// - Throws: `.conflict` when it has another one, which stays; `.invalid` for an id of another form.
  package func establishSourceID(_ id: String) throws(LegacyError) {
    guard LegacyDirectory.isSourceID(id) else {
      throw LegacyError(
        .invalid,
        "'\(UntrustedText.line(id, limit: 100))' is no source id: 1 to 64 of A-Z a-z 0-9 . _ -")
    }
    try create()
    let root = try LegacyFolder.root(path)
    let draft = try LegacyDraft(in: root, for: LegacyName.source)
    try draft.write(Array((id + "\n").utf8))
    if try draft.publish(as: LegacyName.source) { return }
    guard let known = try sourceID(), known == id else {
      let known = try sourceID() ?? "none"
      throw LegacyError(
        .conflict, "the legacy directory \(path) is '\(known)' already, not '\(id)': which one is it?")
    }
  }

  /// Makes the directory and those above it, unless they are there. Blocks.
  package func create() throws(LegacyError) {
    var facts = stat()
    if stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR { return }
    let bytes = Array((path + "/").utf8)
    for index in bytes.indices where bytes[index] == UInt8(ascii: "/") && index > 0 {
      let folder = String(decoding: bytes[..<index], as: UTF8.self)
      if mkdir(folder, 0o755) != 0, errno != EEXIST {
        let code = errno
        // On a read-only or foreign parent, mkdir may name another reason for a folder that is there.
        guard stat(folder, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else {
          throw LegacyError("cannot create the legacy directory", folder, code)
        }
      }
    }
  }

  /// Whether a text can be a directory's id: `[a-zA-Z0-9._-]{1,64}`.
  package static func isSourceID(_ text: some StringProtocol) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 48...57, 65...90, 97...122, 45, 46, 95: true
        default: false
        }
      }
  }

  private static func noID(_ path: String) -> LegacyError {
    LegacyError(
      .invalid, "\(path)/\(LegacyName.source) holds no source id: 1 to 64 of A-Z a-z 0-9 . _ - on one line")
  }
}
