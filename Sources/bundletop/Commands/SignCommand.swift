internal import ArgumentParser
internal import ArtifactOperations
internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import ProcessControl

/// `bundletop sign`: a link to one artifact.
struct SignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Print a short-lived link to a bundle's artifact, and nothing else.",
    discussion:
      "Whoever has the link can fetch the artifact until it expires. Each link is recorded, never its text.")

  @Argument(help: "The bundle.") var slug: String
  @Option(help: ArgumentHelp("Seconds until the link expires, at most 900.", valueName: "seconds")) var ttl: Int?
  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print a JSON object: url, expiresAt, checksum.") var json = false

  func validate() throws {
    if let ttl, !(1...900).contains(ttl) { throw ValidationError("--ttl takes 1 to 900 seconds") }
  }

  private struct Answer: Encodable {
    var url: String
    var expiresAt: String
    var checksum: String
  }

  func run() async throws {
    let session = try Session(database)
    try await session.run {
      let slug = try requireSlug(self.slug)
      let artifacts = try session.artifacts()
      let (artifact, link) = try await LinkSigner(
        store: session.store, artifacts: artifacts, who: session.who
      ).sign(slug, lifetime: ttl.map { .seconds($0) })
      writeLine(
        json
          ? try JSONText.document(
            Answer(url: link.url.reveal(), expiresAt: link.expiresAt.iso8601, checksum: artifact.checksum))
          : link.url.reveal())
    }
  }
}
