package import BundleModel
internal import Glibc

/// The bundles that lie below a directory.
package struct Catalogue: Equatable, Sendable {
  /// A config that cannot be used.
  package struct Problem: Equatable, Sendable {
    /// The directory or the file, absolute.
    package var path: String
    package var reason: String
  }

  /// What can be packaged.
  package var bundles: [Slug: BundleSource]
  /// Slugs that more than one directory claims, with all of the directories, sorted; none of them is offered.
  package var duplicates: [Slug: [String]]
  /// What cannot be used, sorted by path.
  package var problems: [Problem]

  package init(
    bundles: [Slug: BundleSource] = [:], duplicates: [Slug: [String]] = [:], problems: [Problem] = []
  ) {
    self.bundles = bundles
    self.duplicates = duplicates
    self.problems = problems
  }

  /// How long a scan may take.
  static let scanLimit: Duration = .seconds(60)

  private static let passedOver: Set<String> = ["node_modules", ".git", "dist", "artifacts"]

  /// Finds every `apphub.bundle.json` below `root`, at any depth, on a thread of its own.
  ///
  /// Symbolic links are not followed, `root` itself excepted. Fails only when `root` cannot be read (class pod) or
  /// the task is cancelled; everything else becomes one of `problems`.
  package static func scan(root: String) async throws(PackagingError) -> Catalogue {
    try await OwnThread.run(within: scanLimit) { (interruption) throws(PackagingError) in
      guard let top = FileTree.realPath(root), FileTree.isDirectory(top) else {
        throw PackagingError(.pod, "\(root): no such directory; give the examples root that holds the bundles")
      }
      return try scan(top: top, interruption)
    }
  }

  private static func scan(top: String, _ interruption: Interruption) throws(PackagingError) -> Catalogue {
    var catalogue = Catalogue()
    var found: [Slug: [BundleSource]] = [:]
    var pending = [top]
    while let directory = pending.popLast() {
      try interruption.check()
      let names: [String]
      do {
        names = try FileTree.names(in: directory)
      } catch {
        catalogue.problems.append(Problem(path: directory, reason: error.message))
        continue
      }
      for name in names where !passedOver.contains(name) {
        let path = "\(directory)/\(name)"
        var status = stat()
        guard lstat(path, &status) == 0 else { continue }
        if status.st_mode & S_IFMT == S_IFDIR {
          pending.append(path)
        } else if name == BundleConfig.filename {
          do {
            let source = try BundleSource.load(directory: directory)
            found[source.slug, default: []].append(source)
          } catch {
            catalogue.problems.append(Problem(path: path, reason: error.message))
          }
        }
      }
    }
    for (slug, sources) in found {
      if sources.count == 1 {
        catalogue.bundles[slug] = sources[0]
      } else {
        catalogue.duplicates[slug] = sources.map(\.directory).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      }
    }
    catalogue.problems.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    return catalogue
  }
}
