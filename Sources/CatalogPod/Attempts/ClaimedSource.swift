internal import BundleModel
internal import Packager
internal import ProcessControl

/// Where the bundle of a claim comes from: a directory of this pod, or what the job's descriptor names.
struct ClaimedSource {
  let claim: Claim
  let pod: PodDependencies

  /// Calls `body` with the source, which is there until `body` has ended.
  func open<Value>(with packager: Packager, _ body: (BundleSource) async throws -> Value) async throws -> Value {
    guard let descriptor = claim.options.descriptor else { return try await body(try await offered()) }
    let described = try await DescribedSource.open(
      descriptor, slug: claim.slug, rules: pod.settings.packaging.descriptors, packager: packager,
      temporaryDirectory: pod.settings.temporaryDirectory)
    do {
      let value = try await body(described.source)
      await described.close()
      return value
    } catch {
      await described.close()
      throw error
    }
  }

  /// The bundle as it is now: the fingerprint is of the files as they are, so the config must be, too.
  private func offered() async throws(PackagingError) -> BundleSource {
    guard let known = pod.catalogue.bundles[claim.slug] else {
      throw PackagingError(.bundle, "this pod does not offer the bundle any more")
    }
    let now = try await DetachedThread.value { () throws(PackagingError) in
      try BundleSource.load(directory: known.directory)
    }
    guard now.slug == known.slug else {
      throw PackagingError(
        .bundle, "\(known.directory) holds the bundle \(now.slug) now; start this pod again to offer it")
    }
    return now
  }
}
