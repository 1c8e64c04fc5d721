package import BundleModel

/// What the API of one pod is told when it starts.
package struct PodAPISettings: Sendable {
  /// The name that people know the pod by.
  package var pod: String
  /// Random for each process.
  package var owner: OwnerID
  package var version: String
  /// Scheme, host and port under which clients reach the pods together (`APPHUB_BUNDLE_PUBLIC_URL`); nil: links are
  /// relative.
  package var publicURL: String?
  /// The names by which programs inside the cluster reach the pods (`APPHUB_BUNDLE_INTERNAL_HOSTS`).
  package var internalHosts: Set<String>
  /// How many clients may follow events at a time.
  package var eventClients = 200

  package init(
    pod: String, owner: OwnerID, version: String, publicURL: String? = nil, internalHosts: Set<String> = []
  ) {
    self.pod = pod
    self.owner = owner
    self.version = version
    self.publicURL = publicURL
    self.internalHosts = internalHosts
  }
}
