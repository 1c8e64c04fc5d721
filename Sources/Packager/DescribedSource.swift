package import BundleModel
internal import Glibc
internal import ProcessControl

/// The sources that a descriptor names, there until it is closed.
package struct DescribedSource: Sendable {
  package let source: BundleSource
  private let checkout: Workspace?

  /// Finds the sources, fetching them when they are in git.
  ///
  /// Fails with class bundle for a descriptor that is wrong or not allowed, timeout for a slow server.
  /// - Parameters:
  ///   - slug: the bundle that the job is about; another one's descriptor is refused.
  ///   - temporaryDirectory: where a checkout is made.
  package static func open(
    _ descriptor: Descriptor, slug: Slug, rules: DescriptorRules, packager: Packager, temporaryDirectory: String
  ) async throws(PackagingError) -> DescribedSource {
    let toolchain = packager.toolchain
    // Room for the copy after git's own deadline.
    return try await OwnThread.run(within: rules.gitTime + .seconds(60)) {
      (interruption) throws(PackagingError) in
      let finder = DescriptorFinder(descriptor: descriptor, slug: slug)
      try finder.checkShape()
      guard let repo = descriptor.repo else {
        let (path, root) = try rules.local(descriptor.path ?? "")
        return DescribedSource(source: try finder.source(at: path, boundary: root), checkout: nil)
      }
      try rules.check(repo: repo)
      let workspace = try Workspace.create(in: temporaryDirectory, slug: slug, label: "checkout")
      do throws(PackagingError) {
        let git = GitCheckout(
          url: repo, ref: descriptor.ref, commit: descriptor.commit, rules: rules, toolchain: toolchain,
          workspace: workspace)
        try git.run(interruption)
        let source = try finder.source(at: workspace.bundle, boundary: workspace.bundle)
        return DescribedSource(source: source, checkout: workspace)
      } catch {
        FileTree.remove(workspace.root)
        throw error
      }
    }
  }

  /// Removes what was fetched, also in a cancelled task.
  package func close() async { await checkout?.remove() }
}
