package import BundleModel

/// Who is asking for work.
package struct Worker: Equatable, Sendable {
  package var owner: OwnerID
  /// The pod's name, for people.
  package var pod: String

  package init(owner: OwnerID, pod: String) {
    self.owner = owner
    self.pod = UntrustedText.line(pod, limit: 200)
  }
}
