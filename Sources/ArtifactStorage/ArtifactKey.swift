package import BundleModel

/// How objects are named.
///
/// Source: the contract's section 5 (segments and file names), the design's "Objects are immutable".
package enum ArtifactKey {
  /// The key of an archive that we packaged: `[prefix/]slug/fingerprint/<16 hex of its SHA-256>/filename`. Two
  /// writers of one key write the same bytes.
  package static func ours(
    prefix: String = "", slug: Slug, fingerprint: Fingerprint, checksum: Checksum, filename: String?
  ) -> String {
    join(prefix, slug, fingerprint, [String(checksum.hex.prefix(16))], filename)
  }

  /// AppHub's key, which migrated archives keep: `[prefix/]slug/fingerprint/filename`.
  package static func legacy(
    prefix: String = "", slug: Slug, fingerprint: Fingerprint, filename: String?
  ) -> String {
    join(prefix, slug, fingerprint, [], filename)
  }

  /// Outer slashes and blanks off.
  package static func normalised(prefix: String) -> String {
    String(prefix.trimmingBlanks().trimmed { $0 == 47 })
  }

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
    let kept = String(decoding: out, as: UTF8.self).trimmed { $0 == 45 || $0 == 46 }
    return kept.isEmpty ? fallback : String(kept)
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

  private static func join(
    _ prefix: String, _ slug: Slug, _ fingerprint: Fingerprint, _ middle: [String], _ filename: String?
  ) -> String {
    let start = normalised(prefix: prefix)
    let parts =
      (start.isEmpty ? [] : [start])
      + [segment(slug.text, fallback: "bundle"), segment(fingerprint.text, fallback: "fingerprint")] + middle
      + [self.filename(filename, slug: slug, fingerprint: fingerprint)]
    return parts.joined(separator: "/")
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122: true
    default: false
    }
  }
}

extension StringProtocol {
  /// Without the bytes that `drop` picks at both ends.
  fileprivate func trimmed(_ drop: (UInt8) -> Bool) -> String {
    var bytes = Array(utf8)[...]
    while let first = bytes.first, drop(first) { bytes.removeFirst() }
    while let last = bytes.last, drop(last) { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
