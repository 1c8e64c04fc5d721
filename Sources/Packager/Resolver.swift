internal import BundleModel

/// Reads a bundle's config, manifest and inputs.
struct Resolver {
  let request: PackagingRequest
  let toolchain: Toolchain

  func resolve(_ interruption: Interruption) throws(PackagingError) -> ResolvedBundle {
    let source = request.source
    try source.config.checkPaths()
    let manifest = try source.manifest()
    let fingerprint = try fingerprint(
      bundle: source.directory, shared: source.sharedDirectory, manifest: manifest, interruption)
    let filename = "\(source.slug.text)-\(manifest.version)".fileSafe + ".tgz"
    return ResolvedBundle(
      fingerprint: fingerprint, version: manifest.version, filename: filename,
      isPinned: Install.isPinned(in: source.directory), manifest: manifest)
  }

  /// Of the bundle where it lies, or of its copy.
  func fingerprint(
    bundle: String, shared: String?, manifest: Manifest, _ interruption: Interruption
  ) throws(PackagingError) -> Fingerprint {
    let options = request.options
    let usesBundler = !manifest.isPython && !options.skipBuild
    let builder = usesBundler ? "esbuild \(try toolchain.esbuildVersion(interruption))" : "none"
    let settings = BundleFingerprint.Settings(
      minify: options.minify, skipBuild: options.skipBuild, builder: builder)
    return try BundleFingerprint.compute(
      bundle: bundle, shared: shared,
      rules: IgnoreRules(config: request.source.config, skipBuild: options.skipBuild),
      settings: settings, interruption)
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
