internal import BundleModel

/// Copies installed packages next to the bundled program, for those that a bundler cannot take in.
enum RuntimeDependencies {
  /// Copies `node_modules/<name>` to `<outDir>/node_modules/<name>` for each name. Class bundle when one is missing.
  ///
  /// - Parameter isAllowed: true for a real path outside of the bundle that packages may come from.
  static func copy(
    _ config: BundleConfig, in bundle: String, _ interruption: Interruption,
    isAllowed: (String) -> Bool = { _ in false }
  ) throws(PackagingError) {
    guard let out = RelativePath(config.outDir) else { throw .escape("outDir", config.outDir) }
    for (index, name) in config.runtimeDependencies.enumerated() {
      guard let package = RelativePath(name) else { throw .escape("runtimeDependencies[\(index)]", name) }
      // pnpm installs links into a store of its own below node_modules.
      guard let source = FileTree.realPath("\(bundle)/node_modules/\(package)"), FileTree.isDirectory(source) else {
        throw PackagingError(
          .bundle, "runtimeDependencies[\(index)]: \(name) is not installed; add it to package.json")
      }
      guard FileTree.isBelow(source, "\(bundle)/node_modules") || isAllowed(source) else {
        throw PackagingError(.bundle, "runtimeDependencies[\(index)]: \(name) lies outside of the bundle")
      }
      let target = out.appending("node_modules").appending(package)
      // The parents first: removing must not follow a link either.
      if let parent = target.parent { try FileTree.makeDirectories(parent, in: bundle) }
      FileTree.remove("\(bundle)/\(target)")
      try FileTree.makeDirectories(target, in: bundle)
      try TreeCopy.copy(from: source, to: "\(bundle)/\(target)", interruption) { $0.name == ".bin" }
    }
  }
}
