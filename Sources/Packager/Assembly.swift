internal import BundleModel

/// One packaging in its workspace: copy, install, build, select, archive. Blocks.
struct Assembly: Sendable {
  let request: PackagingRequest
  let resolved: ResolvedBundle
  let toolchain: Toolchain
  let workspace: Workspace
  let events: @Sendable (PackagingEvent) -> Void

  private var config: BundleConfig { request.source.config }
  private var runner: CommandRunner {
    CommandRunner(toolchain: toolchain, workspace: workspace, limits: request.limits, events: events)
  }

  func run(_ interruption: Interruption) throws(PackagingError) -> PackagedArchive {
    let packages = try packages()
    var plan = Install.plan(in: request.source.directory, allowScripts: request.allowInstallScripts)
    if packages?.repository.serves(request.source.directory) == true { plan = .skip }
    events(.stage(.installingDependencies, message: message(of: plan)))
    try fill(packages, interruption)
    var tail = try install(plan, interruption)
    try packages?.link()
    try linkModules()
    events(.stage(.packaging, message: nil))
    if !request.options.skipBuild {
      tail += try runBuildCommand(packages, interruption)
      if !resolved.manifest.isPython { tail += try bundle(packages, interruption) }
    }
    if !resolved.manifest.isPython {
      try RuntimeDependencies.copy(config, in: workspace.bundle, interruption) { path in
        packages?.owner(of: path) == .allowed
      }
    }
    let files = try Selection.files(
      in: workspace.bundle, config: config, manifest: resolved.manifest, interruption)
    try checkProduct(files)
    try checkSize(files)
    return try archive(files, tail: tail, interruption)
  }

  /// What the status shows for the stage.
  private func message(of plan: Install) -> String {
    if case .run(let program, let arguments) = plan { return ([program] + arguments).joined(separator: " ") }
    let hasManifest = FileTree.isFile("\(request.source.directory)/package.json")
    return hasManifest ? Install.servedMessage : Install.skippedMessage
  }

  private func packages() throws(PackagingError) -> PackageCopies? {
    let resolver = Resolver(request: request, toolchain: toolchain)
    guard let repository = try resolver.repository(resolved.manifest) else { return nil }
    let allowed = try repository.closure(of: request.source.directory, shared: request.source.sharedDirectory)
    return PackageCopies(repository: repository, allowed: allowed, workspace: workspace)
  }

  /// Copies the sources and makes sure that they are what was resolved.
  private func fill(_ packages: PackageCopies?, _ interruption: Interruption) throws(PackagingError) {
    let source = request.source
    let rules = IgnoreRules(config: config, skipBuild: request.options.skipBuild)
    try TreeCopy.copy(from: source.directory, to: workspace.bundle, interruption, ignores: rules.ignores)
    let shared = source.sharedDirectory
    if let shared {
      try FileTree.makeDirectory(workspace.shared)
      try TreeCopy.copy(from: shared, to: workspace.shared, interruption, ignores: IgnoreRules().ignores)
    }
    if let packages {
      try FileTree.makeDirectory(workspace.repository)
      try packages.fill(interruption)
    }
    let copied = try Resolver(request: request, toolchain: toolchain).fingerprint(
      bundle: workspace.bundle, shared: shared == nil ? nil : workspace.shared, manifest: resolved.manifest,
      packages: packages.map { packages in
        BundleFingerprint.Repository(
          root: workspace.repository, settings: packages.repository.settings,
          members: packages.allowed.map { ($0.name, packages.directory(of: $0)) })
      }, interruption)
    guard copied == resolved.fingerprint else {
      throw PackagingError(.bundle, "the sources changed while they were packaged; package the bundle again")
    }
    try packages?.standIn()
  }

  private func install(_ plan: Install, _ interruption: Interruption) throws(PackagingError) -> String {
    guard case .run(let program, let arguments) = plan else { return "" }
    let name = ([program] + arguments).joined(separator: " ")
    guard let path = toolchain.find(program) else {
      throw PackagingError(.pod, "\(name): \(toolchain.missing(program, hint: Install.hint(for: program)))")
    }
    if request.allowInstallScripts { try runner.requireSandbox("install scripts") }
    return try runner.run(
      runner.command(name: name, path, arguments, limit: request.limits.install, network: true), interruption)
  }

  /// For the files in shared/, which lie beside the bundle.
  private func linkModules() throws(PackagingError) {
    guard FileTree.isDirectory("\(workspace.bundle)/node_modules") else { return }
    try FileTree.makeLink("\(workspace.root)/node_modules", to: "bundle/node_modules")
  }

  private func runBuildCommand(
    _ packages: PackageCopies?, _ interruption: Interruption
  ) throws(PackagingError) -> String {
    guard let program = config.build.first else { return "" }
    let name = config.build.joined(separator: " ")
    guard request.allowBuildCommands else {
      throw PackagingError(
        .bundle,
        "the bundle wants to run \"\(name)\", and this pod runs no build commands: "
          + "start it with --allow-build-commands")
    }
    try runner.requireSandbox("build commands")
    let path: String
    if program.contains("/") {
      guard let own = RelativePath(program), FileTree.isFile("\(workspace.bundle)/\(own)") else {
        throw PackagingError(.bundle, "\(BundleConfig.filename): build[0] \"\(program)\" is no file in the bundle")
      }
      path = "\(workspace.bundle)/\(own)"
    } else if let found = toolchain.find(program) {
      path = found
    } else {
      throw PackagingError(
        .pod, "build command: \(toolchain.missing(program, hint: "the package of your system that holds it"))")
    }
    return try runner.run(
      runner.command(
        name: name, path, Array(config.build.dropFirst()), limit: request.limits.build,
        reading: packages?.repository.installed ?? []), interruption)
  }

  private func bundle(
    _ packages: PackageCopies?, _ interruption: Interruption
  ) throws(PackagingError) -> String {
    let esbuild = Esbuild(
      config: config, manifest: resolved.manifest, minify: request.options.minify, workspace: workspace,
      packages: packages)
    let command = runner.command(
      name: "esbuild", try toolchain.esbuildPath(), try esbuild.arguments(), limit: request.limits.build,
      reading: packages?.repository.installed ?? [], writing: [workspace.out])
    return try esbuild.run(command, interruption)
  }

  /// A node archive without its program would only be found out by who runs it.
  private func checkProduct(_ files: [SelectedFile]) throws(PackagingError) {
    guard request.options.skipBuild, !resolved.manifest.isPython, let out = RelativePath(config.outDir),
      !files.contains(where: { $0.path.isInside(out) })
    else { return }
    throw PackagingError(
      .bundle, "skipBuild was asked for, but \(out)/ holds nothing to archive: build it first, or without skipBuild"
    )
  }

  private func checkSize(_ files: [SelectedFile]) throws(PackagingError) {
    let limits = request.limits
    guard files.count <= limits.entries else {
      throw PackagingError(
        .bundle, "the archive would hold \(files.count) files; this pod takes \(limits.entries): leave some out")
    }
    let total = files.reduce(into: Int64(0)) { $0 += $1.size }
    guard total <= limits.content else {
      throw PackagingError(
        .bundle,
        "the archive's files have \(total >> 20) MiB; this pod takes \(limits.content >> 20) MiB: leave some out")
    }
  }

  private func archive(
    _ files: [SelectedFile], tail: String, _ interruption: Interruption
  ) throws(PackagingError) -> PackagedArchive {
    let path = "\(workspace.out)/\(resolved.filename)"
    var told = 0
    let (checksum, size) = try ArchiveWriter.write(
      files, from: workspace.bundle, to: path, limit: request.limits.archive, interruption
    ) { fraction in
      guard Int(fraction * 20) > told else { return }
      told = Int(fraction * 20)
      events(.progress(message: "writing \(resolved.filename)", fraction: fraction))
    }
    return PackagedArchive(
      path: path, filename: resolved.filename, version: resolved.version, checksum: checksum, size: size,
      tail: String(tail.suffix(64 << 10)))
  }
}
