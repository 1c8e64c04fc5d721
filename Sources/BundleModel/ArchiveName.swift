/// How archives are named in keys and in folders.
///
/// Source: the contract's section 5 (segments and file names).
package enum ArchiveName {
  /// A part of a key: runs of other characters than `[a-zA-Z0-9._-]` become one `-`, none at the ends (nor dots),
  /// lower case; `fallback` when nothing is left.
  package static func segment(_ text: some StringProtocol, fallback: String) -> String {
    var out: [UInt8] = []
    for byte in text.trimmingBlanks().utf8 {
      switch byte {
      case 65...90: out.append(byte + 32)
      case 97...122, 48...57, 46, 95: out.append(byte)
      default: if out.last != 45 { out.append(45) }
      }
    }
    let kept = trimmed(String(decoding: out, as: UTF8.self)) { $0 == 45 || $0 == 46 }
    return kept.isEmpty ? fallback : kept
  }

  /// The last part of a key: the base name, its stem as a segment, its extension kept when it is a dot and 1 to 10
  /// letters or digits (in lower case), else `.tgz`.
  package static func filename(_ name: String?, slug: Slug, fingerprint: Fingerprint) -> String {
    let fallback =
      segment(slug.text, fallback: "bundle") + "-" + segment(fingerprint.text, fallback: "fingerprint")
    guard let name = name?.nonBlank else { return fallback + ".tgz" }
    let base = name.utf8.split(separator: 47).last.map(Substring.init) ?? ""
    guard let dot = base.lastIndex(of: "."), dot != base.startIndex else {
      return segment(base, fallback: fallback) + ".tgz"
    }
    let suffix = base[base.index(after: dot)...]
    let isExtension = (1...10).contains(suffix.utf8.count) && suffix.utf8.allSatisfy(isAlphanumeric)
    return segment(base[..<dot], fallback: fallback) + "." + (isExtension ? suffix.lowercased() : "tgz")
  }

  /// Without the bytes that `drop` picks at both ends.
  package static func trimmed(_ text: some StringProtocol, _ drop: (UInt8) -> Bool) -> String {
    var bytes = Array(text.utf8)[...]
    while let first = bytes.first, drop(first) { bytes.removeFirst() }
    while let last = bytes.last, drop(last) { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122: true
    default: false
    }
  }
}
