/// What of a bundle's directory is neither hashed nor copied: the same rule, at any depth, for both.
///
/// A rule that differs between the hash and the copy would let a change go unseen.
struct IgnoreRules: Equatable, Sendable {
  /// Part of the fingerprint's format: a change here needs a new format version.
  private static let names: Set<String> = [
    "node_modules", "dist", "artifacts", ".git", "__pycache__", ".turbo", ".cache",
  ]

  /// For packages of a repository: what was built there is what is imported.
  static let package = IgnoreRules(keepingProducts: true)

  private let names: Set<String>
  /// Directories at fixed places that hold products, such as an `outDir` with another name than `dist`.
  private let products: [RelativePath]
  /// A product that is an input this time: the build is skipped and what lies there is archived.
  private let kept: RelativePath?

  init(products: [RelativePath] = [], kept: RelativePath? = nil, keepingProducts: Bool = false) {
    names = keepingProducts ? IgnoreRules.names.subtracting(["dist", "artifacts"]) : IgnoreRules.names
    self.products = products
    self.kept = kept
  }

  /// The rules for a bundle's directory.
  init(config: BundleConfig, skipBuild: Bool) {
    let out = RelativePath(config.outDir)
    let sources = [config.entry, config.pythonEntry, config.manifestPath].compactMap {
      $0.flatMap { RelativePath($0) }
    }
    let products = [out, RelativePath(config.artifactDir)].compactMap { $0 }
      .filter { product in !sources.contains { $0.isInside(product) } }
    self.init(products: products, kept: skipBuild ? out : nil)
  }

  /// True when `path` (and, for a directory, everything below it) does not count.
  func ignores(_ path: RelativePath) -> Bool {
    if let kept, path == kept || kept.isInside(path) { return false }
    let name = path.name
    return names.contains(name) || name.hasSuffix(".pyc") || products.contains(path)
  }
}
