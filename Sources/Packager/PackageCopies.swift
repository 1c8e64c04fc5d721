internal import BundleModel
internal import Glibc

/// A repository's packages in a workspace: copied, so that nothing is ever written to the originals.
///
/// `repository/packages/<folder>` holds the copies; their third-party dependencies stay where they are installed and
/// are linked.
struct PackageCopies: Sendable {
  let repository: PackageRepository
  /// The packages that the bundle may import.
  let allowed: [PackageRepository.Member]
  let workspace: Workspace

  private var root: String { workspace.repository }

  /// The copy of a package.
  func directory(of member: PackageRepository.Member) -> String { "\(root)/packages/\(member.folder)" }

  /// Copies the packages and the settings beside them, as they are.
  func fill(_ interruption: Interruption) throws(PackagingError) {
    for member in repository.members {
      guard let path = RelativePath("packages/\(member.folder)") else { continue }
      try FileTree.makeDirectories(path, in: root)
      try TreeCopy.copy(
        from: repository.directory(of: member), to: directory(of: member), interruption,
        ignores: IgnoreRules.package.ignores)
    }
    for name in repository.settings {
      try TreeCopy.copyFile("\(repository.root)/\(name)", to: "\(root)/\(name)", isExecutable: false, interruption)
    }
  }

  /// Lets sources stand in for products that were not built; after the copies were compared.
  func standIn() throws(PackagingError) {
    for member in repository.members { try PackageEntries.standIn(in: directory(of: member)) }
  }

  /// Makes everything importable that the bundle did not install itself; after the installation.
  func link() throws(PackagingError) {
    let modules = RelativePath.component("node_modules")
    try FileTree.makeDirectories(modules, in: workspace.bundle)
    for member in repository.members {
      try link(member.name, to: directory(of: member))
      let own = "\(repository.directory(of: member))/node_modules"
      if FileTree.isRealDirectory(own) { try FileTree.makeLink("\(directory(of: member))/node_modules", to: own) }
    }
    try FileTree.makeLink("\(root)/node_modules", to: "\(workspace.bundle)/node_modules")
    let installed = "\(repository.root)/node_modules"
    guard FileTree.isRealDirectory(installed) else { return }
    let ours = Set(repository.members.map(\.name))
    for name in try FileTree.names(in: installed).sorted() where !name.hasPrefix(".") {
      if name.hasPrefix("@") {
        for inner in try FileTree.names(in: "\(installed)/\(name)").sorted()
        where !ours.contains("\(name)/\(inner)") {
          try link("\(name)/\(inner)", to: "\(installed)/\(name)/\(inner)")
        }
      } else if !ours.contains(name) {
        try link(name, to: "\(installed)/\(name)")
      }
    }
  }

  /// Links a package in the bundle's node_modules, unless the bundle has its own of that name.
  private func link(_ name: String, to target: String) throws(PackagingError) {
    guard let path = RelativePath("node_modules/\(name)"), let parent = path.parent else { return }
    var status = stat()
    guard lstat("\(workspace.bundle)/\(path)", &status) != 0 else { return }
    try FileTree.makeDirectories(parent, in: workspace.bundle)
    try FileTree.makeLink("\(workspace.bundle)/\(path)", to: target)
  }

  /// Who a file belongs to, when it is one that may be bundled.
  enum Owner: Equatable {
    case allowed
    /// A package that the bundle does not declare, by name.
    case undeclared(String)
    case nobody
  }

  /// Whose a real path is.
  func owner(of path: String) -> Owner {
    if let member = repository.members.first(where: { FileTree.isInside(path, directory(of: $0)) }) {
      return allowed.contains(member) ? .allowed : .undeclared(member.name)
    }
    let isSetting = repository.settings.contains { "\(root)/\($0)" == path }
    return isSetting || repository.installed.contains { FileTree.isInside(path, $0) } ? .allowed : .nobody
  }
}
