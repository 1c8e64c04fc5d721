package import BundleModel

/// A stored archive as other programs read it.
package struct WireArtifact: WireRecord {
  private let artifact: Artifact
  private let publicURL: String?

  /// - Parameter publicURL: scheme, host and port under which pods are reached; nil gives relative download links.
  package init(_ artifact: Artifact, publicURL: String? = nil) {
    self.artifact = artifact
    self.publicURL = publicURL
  }

  package var members: [(name: String, value: WireValue)] {
    [
      ("artifactId", .text(artifact.id)),
      ("artifactUploadedAt", .moment(artifact.uploadedAt)),
      ("checksum", .text(artifact.checksum)),
      ("contentType", WireValue(artifact.contentType)),
      ("downloadUrl", .text(artifact.downloadRoute(publicURL: publicURL))),
      ("filename", WireValue(artifact.filename)),
      ("fingerprint", .text(artifact.fingerprint.text)),
      ("size", WireValue(artifact.size)),
      ("storageKind", .text(artifact.storageKind.rawValue)),
      ("storageUrl", WireValue(artifact.storageURL)),
      ("verification", WireValue(artifact.verification?.rawValue)),
      ("verifiedAt", WireValue(artifact.verifiedAt)),
      ("version", WireValue(artifact.version)),
    ]
  }
}
