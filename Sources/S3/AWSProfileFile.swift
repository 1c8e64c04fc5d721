internal import BundleModel

/// A credentials or config file of the AWS tools, read as botocore reads it (Python's configparser), but lenient: a
/// line that makes no sense is passed over instead of spoiling the whole file.
///
/// Comments are lines that begin with `#` or `;`; `key = value` and `key: value`; names of keys in any case; a line
/// indented deeper than the key above it belongs to that key and is passed over (nested sections such as `s3 =`);
/// of duplicates the later wins; sections of one name are one. Line ends, a byte order mark and bytes that are not
/// UTF-8 never matter.
///
/// Source: https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
package struct AWSProfileFile: Sendable {
  /// Which of the two files: they name their sections differently.
  package enum Kind: Sendable {
    /// `[name]`
    case credentials
    /// `[profile name]`, but `[default]`
    case config
  }

  /// Values of each profile, by their keys in lower case. Secret, because some of them are.
  private let profiles: [String: Secret<[String: String]>]

  /// Reads a file's bytes; never fails.
  package init(_ bytes: some Sequence<UInt8>, kind: Kind) {
    var reader = Reader(kind: kind)
    let bytes = Array(bytes)
    // Editors of Windows write a byte order mark.
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    for line in text.split(whereSeparator: { $0 == 10 || $0 == 13 }) { reader.take(line) }
    profiles = reader.profiles.mapValues { Secret($0) }
  }

  /// The names of the profiles, sorted.
  package var names: [String] { profiles.keys.sorted() }

  /// The values of a profile; nil when the file has none of that name.
  package func values(of profile: String) -> [String: String]? { profiles[profile]?.reveal() }
}

/// What is known between two lines.
private struct Reader {
  let kind: AWSProfileFile.Kind
  var profiles: [String: [String: String]] = [:]
  /// Nil before the first section and inside those that are no profile.
  private var profile: String?
  /// Of the last key; nil right behind a section's head.
  private var keyIndent: Int?
  /// `[profile default]` wins over `[default]`, whichever comes first.
  private var hasLongDefault = false

  init(kind: AWSProfileFile.Kind) { self.kind = kind }

  mutating func take(_ line: ArraySlice<UInt8>) {
    let indent = line.prefix(while: isBlank).count
    let text = trimmed(line)
    guard let first = text.first, first != 35, first != 59 else { return }
    if let keyIndent, indent > keyIndent { return }
    if first == 91, let end = text.firstIndex(of: 93) {
      open(String(decoding: text[(text.startIndex + 1)..<end], as: UTF8.self))
      return
    }
    keyIndent = indent
    guard let profile, let equals = text.firstIndex(where: { $0 == 61 || $0 == 58 }) else { return }
    let key = String(decoding: trimmed(text[..<equals]), as: UTF8.self).lowercased()
    let value = String(decoding: trimmed(text[(equals + 1)...]), as: UTF8.self)
    if !key.isEmpty { profiles[profile]?[key] = value }
  }

  private mutating func open(_ head: String) {
    keyIndent = nil
    profile = name(head)
    guard let profile else { return }
    if kind == .config, profile == "default" {
      let isLong = head.utf8.contains(32) || head.utf8.contains(9)
      if isLong, !hasLongDefault {
        hasLongDefault = true
        profiles[profile] = nil
      } else if !isLong, hasLongDefault {
        self.profile = nil
        return
      }
    }
    if profiles[profile] == nil { profiles[profile] = [:] }
  }

  /// The profile that a section is about, if it is about one.
  private func name(_ head: String) -> String? {
    let bytes = trimmed(Array(head.utf8)[...])
    let whole = String(decoding: bytes, as: UTF8.self)
    if kind == .credentials { return whole.isEmpty ? nil : whole }
    if whole == "default" { return whole }
    let word = Array("profile".utf8)
    guard bytes.starts(with: word), let next = bytes.dropFirst(word.count).first, isBlank(next) else { return nil }
    var name = trimmed(bytes.dropFirst(word.count))
    // `[profile "my name"]`
    if name.count >= 2, let quote = name.first, quote == 34 || quote == 39, name.last == quote {
      name = name.dropFirst().dropLast()
    }
    return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
  }

  private func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var bytes = bytes.drop(while: isBlank)
    while let last = bytes.last, isBlank(last) { bytes.removeLast() }
    return bytes
  }
}

/// Blanks within a line: space, tab, vertical tab, form feed and NUL, which no editor shows.
private func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 11 || byte == 12 || byte == 0 }
