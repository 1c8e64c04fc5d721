internal import BundleModel
internal import Glibc
internal import JSON

/// The repository that bundles are part of: its `packages/*` and what is installed in its `node_modules`.
struct PackageRepository: Equatable, Sendable {
  /// One package of the repository.
  struct Member: Equatable, Sendable {
    /// What it is imported as.
    var name: String
    /// Its directory's name below `packages/`.
    var folder: String
    /// Names of everything that it declares to need.
    var dependencies: Set<String>
  }

  /// Absolute, without symbolic links.
  let root: String
  /// Sorted by folder.
  let members: [Member]

  private static let packagesFolder = "packages"

  /// Reads every `packages/*/package.json`; blocks. Class pod when `root` cannot be used, bundle for a broken file.
  static func load(root: String) throws(PackagingError) -> PackageRepository {
    guard let real = FileTree.realPath(root), FileTree.isDirectory(real) else {
      throw PackagingError(.pod, "\(root): no such directory; --workspace-root names the repository of the bundles")
    }
    let packages = "\(real)/\(packagesFolder)"
    var members: [Member] = []
    for folder in FileTree.isRealDirectory(packages) ? try FileTree.names(in: packages).sorted() : [] {
      let path = "\(packages)/\(folder)/package.json"
      guard FileTree.isRealDirectory("\(packages)/\(folder)"), FileTree.isFile(path) else { continue }
      let (name, dependencies) = try PackageRepository.read(path)
      guard let name, !members.contains(where: { $0.name == name }) else { continue }
      members.append(Member(name: name, folder: folder, dependencies: dependencies))
    }
    return PackageRepository(root: real, members: members)
  }

  /// Where a package lies in the repository.
  func directory(of member: Member) -> String { "\(root)/\(PackageRepository.packagesFolder)/\(member.folder)" }

  /// Directories with third-party packages, which are read where they are. Absolute.
  var installed: [String] {
    (["\(root)/node_modules"] + members.map { "\(directory(of: $0))/node_modules" })
      .filter { FileTree.isRealDirectory($0) }
  }

  /// The lock file of the repository and its TypeScript settings, by name: they decide what is bundled.
  var settings: [String] {
    let all = (try? FileTree.names(in: root)) ?? []
    return all.filter { name in
      (Install.lockFiles.contains(name) || name.hasPrefix("tsconfig") && name.hasSuffix(".json"))
        && FileTree.isFile("\(root)/\(name)")
    }.sorted()
  }

  /// True when the versions of what is installed are written down.
  var isPinned: Bool { installed.isEmpty || settings.contains { Install.lockFiles.contains($0) } }

  /// The packages that a bundle may import: all that it or they declare, or all there are when it declares nothing.
  func closure(of bundle: String, shared: String?) throws(PackagingError) -> [Member] {
    guard FileTree.isFile("\(bundle)/package.json") else { return members }
    var pending = try PackageRepository.read("\(bundle)/package.json").dependencies
    if let shared, FileTree.isFile("\(shared)/package.json") {
      pending.formUnion(try PackageRepository.read("\(shared)/package.json").dependencies)
    }
    var found: Set<String> = []
    while let name = pending.popFirst() {
      guard found.insert(name).inserted, let member = members.first(where: { $0.name == name }) else { continue }
      pending.formUnion(member.dependencies.subtracting(found))
    }
    return members.filter { found.contains($0.name) }
  }

  /// True when a bundle without a lock file needs nothing that is not here already.
  func serves(_ bundle: String) -> Bool {
    guard !Install.lockFiles.contains(where: { FileTree.isFile("\(bundle)/\($0)") }),
      let needed = try? PackageRepository.read("\(bundle)/package.json").dependencies
    else { return false }
    return needed.allSatisfy { name in
      members.contains { $0.name == name }
        || RelativePath(name) != nil && FileTree.isDirectory("\(root)/node_modules/\(name)")
    }
  }

  /// The name and the declared dependencies of a package.json. A name is only taken when it is a path below
  /// node_modules.
  private static func read(_ path: String) throws(PackagingError) -> (name: String?, dependencies: Set<String>) {
    let json = try FileDescriptor.contents(of: path, limit: BundleSource.sizeLimit)
    guard case .object(let fields)? = try? JSONValue(parsing: json) else {
      throw PackagingError(.bundle, "\(path): not a JSON object")
    }
    var name: String?
    if case .string(let text)? = fields["name"], let path = RelativePath(text),
      path.components.count == (text.hasPrefix("@") ? 2 : 1), path.text == text, !text.hasPrefix(".")
    {
      name = text
    }
    var dependencies: Set<String> = []
    for kind in ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] {
      if case .object(let declared)? = fields[kind] { dependencies.formUnion(declared.keys) }
    }
    return (name, dependencies)
  }
}
