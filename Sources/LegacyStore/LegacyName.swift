internal import BundleModel
internal import Hashing

/// Names of files, as they stand in a folder and as they are told.
enum LegacyName {
  /// The folder of status files.
  static let statuses = "status"
  /// The folder of archives.
  static let archives = "artifacts"
  /// The older file with all statuses.
  static let map = "status.json"
  /// The file that holds the directory's id.
  static let source = ".bundletop-source"

  /// True for the names of status files: not hidden, not of a write that never ended.
  static func isStatus(_ name: [UInt8]) -> Bool {
    name.suffix(5).elementsEqual(".json".utf8) && name.first != UInt8(ascii: ".")
  }

  /// The name of a slug's file; nil where no file can have it.
  static func status(of slug: Slug) -> String? {
    let name = slug.text + ".json"
    return isSafe(name) && isStatus(Array(name.utf8)) ? name : nil
  }

  /// Whether a text is one name of a file, and leads nowhere else.
  static func isSafe(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 255
      && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
  }

  /// A name for messages and journals: as it is when it is harmless, else cleaned and marked, so that two of them
  /// never look alike.
  static func shown(_ bytes: [UInt8]) -> String {
    if bytes.count <= 255, let text = String(validating: bytes, as: UTF8.self), UntrustedText.line(text) == text {
      return text
    }
    let mark = Checksum(digest: SHA256.digest(of: bytes)).map { String($0.hex.prefix(16)) } ?? ""
    return UntrustedText.line(String(decoding: bytes, as: UTF8.self), limit: 200) + "~" + mark
  }
}
