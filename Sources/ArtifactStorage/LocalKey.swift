internal import BundleModel

/// A key that a directory can hold, in its parts. Nothing outside the root can be named.
struct LocalKey: Sendable {
  let text: String
  /// From the root down.
  let folders: [String]
  let name: String

  /// - Throws: `.invalid` for empty parts, `.` and `..`, NUL, parts above 255 bytes and keys above 1,024.
  init(_ text: String) throws(StorageError) {
    let parts = text.utf8.split(separator: 47, omittingEmptySubsequences: false)
    let isSafe = parts.allSatisfy { part in
      !part.isEmpty && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8) && !part.contains(0)
        && part.count <= 255
    }
    guard isSafe, text.utf8.count <= 1024, let name = parts.last else {
      throw StorageError(
        .invalid, "'\(UntrustedText.line(text, limit: 200))' is not a key that a directory can hold")
    }
    self.text = text
    folders = parts.dropLast().map { String(decoding: $0, as: UTF8.self) }
    self.name = String(decoding: name, as: UTF8.self)
  }
}
