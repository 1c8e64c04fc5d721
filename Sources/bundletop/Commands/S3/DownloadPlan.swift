internal import BundleModel
internal import Glibc

/// Which file each key of a prefix becomes. No key may leave the folder or take another's place: those are refused.
struct DownloadPlan {
  /// One object and where it goes.
  struct Item: Sendable {
    var key: String
    /// Bytes, as the listing says.
    var size: Int64
    /// Below the folder, with single slashes.
    var path: String
  }

  private let start: Int
  /// Bytes, because to Swift a composed accent and a decomposed one are the same text, and to the system they are not.
  private var files: Set<[UInt8]> = []
  private var folders: Set<[UInt8]> = []

  /// - Parameter prefix: what all keys begin with; paths begin behind its last slash.
  init(prefix: String) {
    let bytes = Array(prefix.utf8)
    start = bytes.lastIndex(of: 47).map { $0 + 1 } ?? 0
  }

  /// Nil for a key that only marks a folder.
  ///
  /// - Throws: why there can be no such file.
  mutating func place(key: String, size: Int64) throws(Refusal) -> Item? {
    let bytes = Array(key.utf8.dropFirst(start))
    if size == 0, bytes.isEmpty || bytes.last == 47 { return nil }
    // By bytes: to Swift a slash with a combining mark behind it is no slash, to the system it is.
    let parts = bytes.split(separator: 47, omittingEmptySubsequences: false)
    for part in parts {
      if part.isEmpty { throw Refusal("an empty name between slashes is no file name") }
      if part.elementsEqual([46]) || part.elementsEqual([46, 46]) {
        throw Refusal("'.' and '..' are no file names")
      }
      if part.contains(0) { throw Refusal("a file name holds no NUL") }
      if part.count > Int(NAME_MAX) { throw Refusal("a part of it is longer than \(NAME_MAX) bytes") }
    }
    let above = (1..<max(1, parts.count)).map { Array(parts[..<$0].joined(separator: [47])) }
    guard !above.contains(where: files.contains) else {
      throw Refusal("another key is a file where this one needs a folder")
    }
    guard !folders.contains(bytes) else { throw Refusal("other keys need a folder in its place") }
    guard files.insert(bytes).inserted else { throw Refusal("another key has the same file name") }
    folders.formUnion(above)
    return Item(key: key, size: size, path: String(decoding: bytes, as: UTF8.self))
  }

  /// Why a key becomes no file.
  struct Refusal: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
  }
}
