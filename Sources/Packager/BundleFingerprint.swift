internal import BundleModel
internal import Hashing

/// The SHA-256 of everything that an archive is made from.
///
/// Every part is written with its length before it, so that no two different inputs give the same bytes.
enum BundleFingerprint {
  /// Changes whenever the encoding, the ignore rules, the selection or the archive's bytes change.
  static let format = "bundletop-fingerprint 1, gnutar, gzip 6"

  /// What is not read from files.
  struct Settings: Equatable, Sendable {
    var minify: Bool
    var skipBuild: Bool
    /// Name and version of the bundler, or "none".
    var builder: String
  }

  /// What of a repository goes into an archive: packages, and files of its root that decide about the rest.
  struct Repository {
    var root: String
    var settings: [String]
    var members: [(name: String, directory: String)]
  }

  /// Reads and hashes a bundle and its shared directory.
  ///
  /// Constant memory, whatever the sizes. Modification times, owners, locations and all permissions but the
  /// owner's executable bit play no part.
  static func compute(
    bundle: String, shared: String?, rules: IgnoreRules, settings: Settings, repository: Repository? = nil,
    _ interruption: Interruption
  ) throws(PackagingError) -> Fingerprint {
    let encoder = Encoder()
    encoder.text(format)
    encoder.text(settings.builder)
    encoder.text("minify=\(settings.minify) skipBuild=\(settings.skipBuild)")
    try encoder.tree("bundle", bundle, rules, interruption)
    if let shared { try encoder.tree("shared", shared, IgnoreRules(), interruption) }
    if let repository {
      encoder.text("repository")
      for name in repository.settings {
        encoder.text(name)
        let bytes = try FileDescriptor.contents(of: "\(repository.root)/\(name)", limit: 64 << 20)
        encoder.number(UInt64(bytes.count))
        bytes.withUnsafeBytes { encoder.hash.update($0) }
      }
      for member in repository.members.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
        try encoder.tree(member.name, member.directory, IgnoreRules.package, interruption)
      }
    }
    let hex = encoder.checksum().hex
    guard let fingerprint = Fingerprint(hex) else { throw PackagingError(.pod, "the fingerprint came out empty") }
    return fingerprint
  }

  private struct Encoder {
    let hash = SHA256()

    func number(_ value: UInt64) {
      withUnsafeBytes(of: value.bigEndian) { hash.update($0) }
    }

    func text(_ value: String) {
      number(UInt64(value.utf8.count))
      value.withRawBytes { hash.update($0) }
    }

    func tree(
      _ name: String, _ root: String, _ rules: IgnoreRules, _ interruption: Interruption
    ) throws(PackagingError) {
      let entries = try FileTree.entries(of: root, links: .insideOnly, interruption, ignores: rules.ignores)
      text(name)
      number(UInt64(entries.count))
      for entry in entries {
        text(entry.path.text)
        switch entry.kind {
        case .link(let target):
          text("link")
          text(target)
        case .file(let isExecutable, let size):
          text(isExecutable ? "program" : "file")
          number(UInt64(size))
          try content(of: root, entry, size: size, interruption)
        }
      }
    }

    private func content(
      of root: String, _ entry: TreeEntry, size: Int64, _ interruption: Interruption
    ) throws(PackagingError) {
      let hash = hash
      let file = try FileDescriptor.reading("\(root)/\(entry.path)")
      let read = try file.forEachChunk(interruption) { (bytes) throws(PackagingError) in hash.update(bytes) }
      guard read == size else {
        throw PackagingError(.bundle, "\(entry.path) changed while it was read; package it again")
      }
    }

    func checksum() -> Checksum { hash.finishChecksum() }
  }
}
