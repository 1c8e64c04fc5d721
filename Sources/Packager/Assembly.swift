internal import BundleModel
internal import Glibc

/// One packaging in its workspace: copy, install, build, select, archive. Blocks.
struct Assembly: Sendable {
  let request: PackagingRequest
  let resolved: ResolvedBundle
  let toolchain: Toolchain
  let workspace: Workspace
  let events: @Sendable (PackagingEvent) -> Void

  private var config: BundleConfig { request.source.config }

  func run(_ interruption: Interruption) throws(PackagingError) -> PackagedArchive {
    let plan = Install.plan(in: request.source.directory, allowScripts: request.allowBuildCommands)
    events(.stage(.installingDependencies, message: plan.message))
    try fill(interruption)
    var tail = try install(plan, interruption)
    events(.stage(.packaging, message: nil))
    if !request.options.skipBuild {
      tail += try runBuildCommand(interruption)
      if !resolved.manifest.isPython { tail += try bundle(interruption) }
    }
    if !resolved.manifest.isPython {
      try RuntimeDependencies.copy(config, in: workspace.bundle, interruption)
    }
    let files = try Selection.files(
      in: workspace.bundle, config: config, manifest: resolved.manifest, interruption)
    try checkProduct(files)
    return try archive(files, tail: tail, interruption)
  }

  /// Copies the sources and makes sure that they are what was resolved.
  private func fill(_ interruption: Interruption) throws(PackagingError) {
    let source = request.source
    let rules = IgnoreRules(config: config, skipBuild: request.options.skipBuild)
    try TreeCopy.copy(from: source.directory, to: workspace.bundle, interruption, ignores: rules.ignores)
    let shared = source.sharedDirectory
    if let shared {
      guard mkdir(workspace.shared, 0o755) == 0 else {
        throw .system("cannot make the directory", workspace.shared, errno: errno)
      }
      try TreeCopy.copy(from: shared, to: workspace.shared, interruption, ignores: IgnoreRules().ignores)
    }
    let copied = try Resolver(request: request, toolchain: toolchain).fingerprint(
      bundle: workspace.bundle, shared: shared == nil ? nil : workspace.shared, manifest: resolved.manifest,
      interruption)
    guard copied == resolved.fingerprint else {
      throw PackagingError(.bundle, "the sources changed while they were packaged; package the bundle again")
    }
  }

  private func install(_ plan: Install, _ interruption: Interruption) throws(PackagingError) -> String {
    guard case .run(let program, let arguments) = plan else { return "" }
    let name = ([program] + arguments).joined(separator: " ")
    guard let path = toolchain.find(program) else {
      throw PackagingError(
        .pod, "\(name): \(program) is not on PATH; install it on the pod: \(Install.hint(for: program))")
    }
    let tail = try run(
      name: name, path, arguments, limit: request.limits.install, interruption, class: .bundle)
    let modules = "\(workspace.bundle)/node_modules"
    // For the files in shared/, which lie beside the bundle.
    if FileTree.isDirectory(modules), symlink("bundle/node_modules", "\(workspace.root)/node_modules") != 0 {
      throw .system("cannot make the link", "\(workspace.root)/node_modules", errno: errno)
    }
    return tail
  }

  private func runBuildCommand(_ interruption: Interruption) throws(PackagingError) -> String {
    guard let program = config.build.first else { return "" }
    let name = config.build.joined(separator: " ")
    guard request.allowBuildCommands else {
      throw PackagingError(
        .bundle,
        "the bundle wants to run \"\(name)\", and this pod runs no build commands: "
          + "start it with --allow-build-commands")
    }
    let path: String
    if program.contains("/") {
      guard let own = RelativePath(program), FileTree.isFile("\(workspace.bundle)/\(own)") else {
        throw PackagingError(.bundle, "\(BundleConfig.filename): build[0] \"\(program)\" is no file in the bundle")
      }
      path = "\(workspace.bundle)/\(own)"
    } else if let found = toolchain.find(program) {
      path = found
    } else {
      throw PackagingError(.pod, "the build command needs \(program), which is not on this pod's PATH")
    }
    return try run(
      name: name, path, Array(config.build.dropFirst()), limit: request.limits.build, interruption, class: .bundle)
  }

  private func bundle(_ interruption: Interruption) throws(PackagingError) -> String {
    let esbuild = Esbuild(
      config: config, manifest: resolved.manifest, minify: request.options.minify, workspace: workspace)
    let command = command(
      name: "esbuild", try toolchain.esbuildPath(), try esbuild.arguments(), limit: request.limits.build)
    return try esbuild.run(command, interruption)
  }

  private func run(
    name: String, _ executable: String, _ arguments: [String], limit: Duration, _ interruption: Interruption,
    class errorClass: ErrorClass
  ) throws(PackagingError) -> String {
    var progress = CommandProgress(events: events)
    let outcome = try ChildProcess.run(command(name: name, executable, arguments, limit: limit), interruption) {
      progress.line($0)
    }
    progress.finish()
    guard outcome.code == 0 else {
      let how =
        outcome.code > 128 ? "was ended by signal \(outcome.code - 128)" : "failed with exit code \(outcome.code)"
      let last = outcome.tail.split(separator: "\n").last { $0.nonBlank != nil }
      throw PackagingError(
        errorClass, "\(name) \(how)" + (last.map { ": \($0.trimmingBlanks())" } ?? ""), tail: outcome.tail)
    }
    return outcome.tail
  }

  private func command(name: String, _ executable: String, _ arguments: [String], limit: Duration) -> Command {
    Command(
      name: name, executable: executable, arguments: arguments, directory: workspace.bundle,
      environment: CleanEnvironment.make(searchPath: toolchain.searchPath, workspace: workspace), limit: limit,
      grace: request.limits.grace, outputLimit: request.limits.output)
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

extension Install {
  /// What the status shows for the stage.
  var message: String {
    switch self {
    case .skip: Install.skippedMessage
    case .run(let program, let arguments): ([program] + arguments).joined(separator: " ")
    }
  }
}
