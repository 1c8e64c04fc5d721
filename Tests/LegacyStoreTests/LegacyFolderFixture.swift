import BundleModel
import Glibc
import LegacyStore
import TestSupport

/// A legacy directory in the making.
struct LegacyFixture {
  let folder: TemporaryDirectory
  var directory: LegacyDirectory { LegacyDirectory(path: folder.path + "/old") }

  init() throws {
    folder = try TemporaryDirectory()
    try folder.makeFolder("old/status")
  }

  /// A sound status as AppHub writes it, with members changed: the text of a value, or nil to leave it out.
  static func text(_ slug: String = "alpha", _ changes: [String: String?] = [:]) -> String {
    var members = [
      ("slug", "\"\(slug)\""), ("fingerprint", "\"f1\""), ("stage", "\"completed\""), ("state", "\"completed\""),
      ("updatedAt", "\"2025-01-02T03:04:05.678Z\""), ("createdAt", "\"2025-01-01T00:00:00.000Z\""),
    ]
    for (name, value) in changes {
      members.removeAll { $0.0 == name }
      if let value { members.append((name, value)) }
    }
    return "{" + members.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
  }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String { try folder.write(text, to: "old/" + name) }

  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String { try folder.write(bytes, to: "old/" + name) }

  func items() throws -> [LegacyItem] {
    var items: [LegacyItem] = []
    try directory.read { items.append($0) }
    return items
  }

  /// One line each: `path entry slug` or `path kind`.
  func outcomes() throws -> [String] {
    try items().map { item in
      switch item {
      case .entry(let entry): "\(entry.file.path) entry \(entry.status.slug)"
      case .defect(let defect): "\(defect.path) \(defect.kind.rawValue)"
      }
    }.sorted()
  }

  /// The only entry.
  func entry() throws -> LegacyEntry {
    guard case .entry(let entry)? = try items().first else { throw TestSupportError("no entry: \(try items())") }
    return entry
  }
}
