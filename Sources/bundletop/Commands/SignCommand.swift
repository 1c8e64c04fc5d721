internal import ArgumentParser
internal import ArtifactOperations
internal import ArtifactStorage
internal import BundleModel
internal import BundleStore
internal import HTTPTransport
internal import JSON
internal import ProcessControl
internal import S3

/// `bundletop sign`: a link to one artifact.
struct SignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Print a short-lived link to a bundle's artifact, and nothing else.",
    discussion:
      "Whoever has the link can fetch the artifact until it expires. Each link is recorded, never its text.")

  /// Who signs.
  enum Via: String, ExpressibleByArgument, CaseIterable {
    /// A pod, asked over HTTP.
    case pod
    /// This program, with storage keys of its own.
    case direct
  }

  @Argument(help: "The bundle.") var slug: String
  @Option(help: ArgumentHelp("Seconds until the link expires, at most 900.", valueName: "seconds")) var ttl: Int?
  @Option(
    help: ArgumentHelp(
      "Who signs: `pod` asks one over HTTP and needs no storage keys, `direct` uses APPHUB_BUNDLE_STORAGE_*. Default: direct where that is set up, else a pod.",
      valueName: "pod|direct"))
  var via: Via?
  @OptionGroup var pods: PodOptions
  @OptionGroup var database: DatabaseOptions
  @Flag(help: "Print a JSON object: url, expiresAt, checksum.") var json = false

  func validate() throws {
    if let ttl, !(1...900).contains(ttl) { throw ValidationError("--ttl takes 1 to 900 seconds") }
    if via == .direct, !pods.podURL.isEmpty { throw ValidationError("--pod-url is for --via pod") }
  }

  private struct Answer: Encodable {
    var url: String
    var expiresAt: String
    var checksum: String
  }

  func run() async throws {
    let slug = try requireSlug(self.slug)
    let environment = ThisProcess.environment()
    let answer =
      switch try chosenWay(environment) {
      case .pod: try await askPod(slug, try pods.client(environment))
      case .direct: try await signHere(slug)
      }
    writeLine(json ? try JSONText.document(answer) : answer.url)
  }

  /// What `--via` says; else a pod when somebody named one and no storage keys are there.
  private func chosenWay(_ environment: [String: String]) throws -> Via {
    if let via { return via }
    guard pods.podURL.isEmpty else { return .pod }
    guard !(try pods.origins(environment).isEmpty) else { return .direct }
    let isSetUp =
      environment["APPHUB_BUNDLE_STORAGE_BACKEND"]?.nonBlank != nil
      && (try? StorageSettings(environment: environment)) != nil
    return isSetUp ? .direct : .pod
  }

  private func signHere(_ slug: Slug) async throws -> Answer {
    let session = try Session(database)
    return try await session.run {
      let artifacts = try session.artifacts()
      let (artifact, link) = try await LinkSigner(
        store: session.store, artifacts: artifacts, who: session.who
      ).sign(slug, lifetime: ttl.map { .seconds($0) })
      return Answer(url: link.url.reveal(), expiresAt: link.expiresAt.iso8601, checksum: artifact.checksum)
    }
  }

  private func askPod(_ slug: Slug, _ client: PodClient) async throws -> Answer {
    let body = ttl.map { Array("{\"ttl\":\($0)}".utf8) }
    let (origin, document) = try await client.ask(
      .post, "/examples/bundles/\(PercentCode.encoded(slug.text))/sign", body: body)
    guard case .object(let envelope) = document, case .object(let data)? = envelope["data"],
      case .string(let url)? = data["url"], case .string(let expiresAt)? = data["expiresAt"],
      case .string(let checksum)? = data["checksum"], url.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
    else { throw CommandFailure(.failed, "pod \(origin) answers something else than a link") }
    // A directory's links lead to the pods.
    return Answer(url: url.hasPrefix("/") ? "\(origin)\(url)" : url, expiresAt: expiresAt, checksum: checksum)
  }
}
