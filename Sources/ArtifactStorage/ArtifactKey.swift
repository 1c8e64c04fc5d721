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
    ArchiveName.trimmed(prefix.trimmingBlanks()) { $0 == 47 }
  }

  /// A part of a key: see `ArchiveName.segment`.
  package static func segment(_ text: some StringProtocol, fallback: String) -> String {
    ArchiveName.segment(text, fallback: fallback)
  }

  /// The last part of a key: see `ArchiveName.filename`.
  package static func filename(_ name: String?, slug: Slug, fingerprint: Fingerprint) -> String {
    ArchiveName.filename(name, slug: slug, fingerprint: fingerprint)
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
}
