internal import BundleModel

/// A path below some directory: components joined by `/`, none of them empty, `.` or `..`.
///
/// Equal and ordered by bytes: two Unicode spellings of one accent are two files.
struct RelativePath: Hashable, Comparable, Sendable, CustomStringConvertible {
  let text: String

  /// Takes `./` and doubled slashes away; nil for an absolute path, one with `..`, a NUL, or nothing left.
  init?(_ raw: some StringProtocol) {
    guard !raw.hasPrefix("/"), !raw.utf8.contains(0) else { return nil }
    var parts: [Substring.UTF8View] = []
    for part in Substring(raw).utf8.split(separator: 0x2F) where !part.elementsEqual(".".utf8) {
      guard !part.elementsEqual("..".utf8) else { return nil }
      parts.append(part)
    }
    guard !parts.isEmpty else { return nil }
    text = parts.map { String(Substring($0)) }.joined(separator: "/")
  }

  private init(trusted text: String) { self.text = text }

  var description: String { text }

  /// The components, outermost first.
  var components: [String] { text.utf8.split(separator: 0x2F).map { String(Substring($0)) } }

  /// The last component.
  var name: String { components.last ?? text }

  /// The directory that holds it; nil at the top.
  var parent: RelativePath? {
    guard let slash = text.utf8.lastIndex(of: 0x2F) else { return nil }
    return RelativePath(trusted: String(text[..<slash]))
  }

  /// A name below this path. `name` must be one component, as readdir gives it.
  func appending(_ name: String) -> RelativePath { RelativePath(trusted: text + "/" + name) }

  /// A path below this one.
  func appending(_ path: RelativePath) -> RelativePath { RelativePath(trusted: text + "/" + path.text) }

  /// One component, as readdir gives it.
  static func component(_ name: String) -> RelativePath { RelativePath(trusted: name) }

  /// True for the path itself and everything below it.
  func isInside(_ directory: RelativePath) -> Bool {
    self == directory || text.utf8.starts(with: (directory.text + "/").utf8)
  }

  static func == (a: RelativePath, b: RelativePath) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }
  static func < (a: RelativePath, b: RelativePath) -> Bool {
    a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
  }
  func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }
}
