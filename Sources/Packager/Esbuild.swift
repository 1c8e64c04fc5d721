internal import BundleModel
internal import JSON

/// Bundles a node program with the `esbuild` program.
struct Esbuild {
  let config: BundleConfig
  let manifest: Manifest
  let minify: Bool
  let workspace: Workspace
  /// The packages of the repository, when there is one.
  let packages: PackageCopies?

  /// The file that esbuild makes: the manifest's entry when that lies in `outDir`, else `<outDir>/<entry's name>.js`.
  func output() throws(PackagingError) -> RelativePath {
    guard let out = RelativePath(config.outDir) else { throw .escape("outDir", config.outDir) }
    if let entry = manifest.entry.flatMap({ RelativePath($0) }), entry != out, entry.isInside(out),
      [".js", ".cjs"].contains(where: entry.text.hasSuffix)
    {
      return entry
    }
    let name = try entry().name
    let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    return out.appending(stem + ".js")
  }

  private func entry() throws(PackagingError) -> RelativePath {
    guard let entry = RelativePath(config.entry) else { throw .escape("entry", config.entry) }
    return entry
  }

  /// The command line's arguments.
  func arguments() throws(PackagingError) -> [String] {
    var arguments = [
      "./\(try entry())", "--bundle", "--platform=node", "--target=node18", "--format=cjs", "--sourcemap",
      "--color=false", "--log-level=warning", "--log-limit=20", "--outfile=\(try output())",
      "--metafile=\(metafile)",
    ]
    if minify { arguments.append("--minify") }
    arguments += config.externals.map { "--external:\($0)" }
    return arguments
  }

  private var metafile: String { "\(workspace.out)/esbuild.json" }

  /// Runs it. Fails with class bundle when the sources are wrong or reach outside; returns what it printed.
  func run(_ command: Command, _ interruption: Interruption) throws(PackagingError) -> String {
    let entry = try entry()
    guard FileTree.isFile("\(workspace.bundle)/\(entry)") else {
      throw PackagingError(
        .bundle, "\(entry): no such file in the bundle; \"entry\" names where its program starts")
    }
    let outcome = try ChildProcess.run(command, interruption)
    let report = EsbuildReport(outcome.tail, isInside: { isInside($0) }, leaves: { leaves($0, from: $1) })
    let tail = report.mayBeKept ? outcome.tail : ""
    guard outcome.code == 0 else {
      throw PackagingError(
        .bundle, report.message ?? "esbuild failed with exit code \(outcome.code)", tail: tail)
    }
    try checkInputs()
    return tail
  }

  /// Every file that went into the result must lie in the workspace, whatever it was imported as.
  private func checkInputs() throws(PackagingError) {
    let json = try FileDescriptor.contents(of: metafile, limit: 256 << 20)
    guard case .object(let fields)? = try? JSONValue(parsing: json), case .object(let inputs)? = fields["inputs"]
    else { throw PackagingError(.pod, "esbuild wrote no list of its inputs") }
    let outside = inputs.keys.filter { !isInside($0) }.sorted()
    guard let first = outside.first else { return try checkPackages(Array(inputs.keys)) }
    let importer = inputs.keys.sorted().first { key in
      guard case .object(let input)? = inputs[key], case .array(let imports)? = input["imports"] else {
        return false
      }
      return imports.contains { value in
        guard case .object(let fields) = value else { return false }
        return fields["path"] == .string(first)
      }
    }
    throw PackagingError(
      .bundle,
      "\(importer ?? config.entry) imports \(first), which is outside of the bundle and its shared directory")
  }

  /// A package that is not declared is not part of the fingerprint: its changes would go unseen.
  private func checkPackages(_ inputs: [String]) throws(PackagingError) {
    guard let packages else { return }
    for input in inputs.sorted() {
      guard let real = realPath(input), case .undeclared(let name) = packages.owner(of: real) else { continue }
      throw PackagingError(
        .bundle, "the bundle imports \(name), which its package.json does not declare; add it to \"dependencies\"")
    }
  }

  private func isInside(_ printed: String) -> Bool {
    if printed.hasPrefix("<") { return true }  // made up by esbuild, such as <runtime>
    guard let real = realPath(printed) else { return false }
    return [workspace.bundle, workspace.shared].contains { FileTree.isBelow(real, $0) }
      || real == "\(workspace.root)/tsconfig.json" || real == "\(workspace.root)/package.json"
      || packages.map { $0.owner(of: real) != .nobody } ?? false
  }

  /// Whether an import by path ends outside of the workspace; by names alone, since what is there cannot be seen.
  private func leaves(_ wanted: String, from importer: String) -> Bool {
    guard wanted.hasPrefix("/") || wanted.hasPrefix(".") else { return false }
    var parts: [Substring] = []
    let start = importer.hasPrefix("/") ? importer : "\(workspace.bundle)/\(importer)"
    for part in (wanted.hasPrefix("/") ? wanted : "\(start)/../\(wanted)").split(separator: "/") where part != "." {
      if part != ".." { parts.append(part) } else if !parts.isEmpty { parts.removeLast() }
    }
    let real = "/" + parts.joined(separator: "/")
    return ![workspace.bundle, workspace.shared].contains { FileTree.isInside(real, $0) }
  }

  /// Where a file is that esbuild names; nil when it is not there.
  private func realPath(_ printed: String) -> String? {
    let disabled = "(disabled):"
    let path = printed.hasPrefix(disabled) ? String(printed.dropFirst(disabled.count)) : printed
    return FileTree.realPath(path.hasPrefix("/") ? path : "\(workspace.bundle)/\(path)")
  }
}
