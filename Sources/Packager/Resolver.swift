internal import BundleModel

/// Reads a bundle's config, manifest and inputs.
struct Resolver {
  let request: PackagingRequest
  let toolchain: Toolchain

  func resolve(_ interruption: Interruption) throws(PackagingError) -> ResolvedBundle {
    let source = request.source
    try source.config.checkPaths()
    let manifest = try source.manifest()
    if let entry = manifest.pythonEntry, RelativePath(entry) == nil {
      throw PackagingError(.bundle, "\(source.config.manifestPath): pythonEntry \"\(entry)\" leaves the bundle")
    }
    let repository = try repository(manifest)
    let fingerprint = try fingerprint(
      bundle: source.directory, shared: source.sharedDirectory, manifest: manifest,
      packages: try packages(of: repository), interruption)
    let filename = "\(source.slug.text)-\(manifest.version)".fileSafe + ".tgz"
    return ResolvedBundle(
      fingerprint: fingerprint, version: manifest.version, filename: filename,
      isPinned: isPinned(repository), manifest: manifest)
  }

  /// The repository that the bundle may import from; Python has nothing to import there.
  func repository(_ manifest: Manifest) throws(PackagingError) -> PackageRepository? {
    guard let root = request.workspaceRoot, !manifest.isPython else { return nil }
    return try PackageRepository.load(root: root)
  }

  private func isPinned(_ repository: PackageRepository?) -> Bool {
    let directory = request.source.directory
    guard let repository else { return Install.isPinned(in: directory) }
    return repository.isPinned && (Install.isPinned(in: directory) || repository.serves(directory))
  }

  /// What of the repository can reach the archive.
  private func packages(
    of repository: PackageRepository?
  ) throws(PackagingError) -> BundleFingerprint.Repository? {
    guard let repository else { return nil }
    let allowed = try repository.closure(
      of: request.source.directory, shared: request.source.sharedDirectory)
    return BundleFingerprint.Repository(
      root: repository.root, settings: repository.settings,
      members: allowed.map { ($0.name, repository.directory(of: $0)) })
  }

  /// Of the bundle where it lies, or of its copy.
  func fingerprint(
    bundle: String, shared: String?, manifest: Manifest, packages: BundleFingerprint.Repository?,
    _ interruption: Interruption
  ) throws(PackagingError) -> Fingerprint {
    let options = request.options
    let usesBundler = !manifest.isPython && !options.skipBuild
    let builder = usesBundler ? "esbuild \(try toolchain.esbuildVersion(interruption))" : "none"
    let settings = BundleFingerprint.Settings(
      minify: options.minify, skipBuild: options.skipBuild, builder: builder)
    return try BundleFingerprint.compute(
      bundle: bundle, shared: shared,
      rules: IgnoreRules(config: request.source.config, skipBuild: options.skipBuild),
      settings: settings, repository: packages, interruption)
  }
}

extension BundleConfig {
  /// Fails (class bundle) when any path would leave the bundle's directory.
  func checkPaths() throws(PackagingError) {
    let single: [(String, String?)] = [
      ("entry", entry), ("outDir", outDir), ("manifestPath", manifestPath), ("artifactDir", artifactDir),
      ("tests.sampleInputPath", sampleInputPath), ("pythonEntry", pythonEntry),
      ("pythonRequirementsPath", pythonRequirementsPath),
    ]
    for case (let field, let path?) in single where RelativePath(path) == nil {
      throw .escape(field, path)
    }
    for (index, pattern) in files.enumerated() where RelativePath(pattern) == nil {
      throw .escape("files[\(index)]", pattern)
    }
    for (index, name) in runtimeDependencies.enumerated() {
      guard let path = RelativePath(name), path.components.count <= (name.hasPrefix("@") ? 2 : 1) else {
        throw .escape("runtimeDependencies[\(index)]", name)
      }
    }
  }
}

extension String {
  /// The text with everything that has a meaning in a path or a shell turned into `-`.
  var fileSafe: String {
    var out = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-", "+": out.unicodeScalars.append(scalar)
      default: if !out.hasSuffix("-") { out += "-" }
      }
    }
    while out.hasPrefix(".") || out.hasPrefix("-") { out.removeFirst() }
    return out.isEmpty ? "bundle" : String(out.prefix(200))
  }
}
