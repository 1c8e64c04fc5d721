internal import ArtifactOperations
internal import ArtifactStorage
internal import BundleModel
internal import JSON
internal import Persistence

extension Route {
  /// A link to the newest artifact of a bundle, signed now and recorded.
  static let sign = Route(
    .post, "/examples/bundles/{slug}/sign", operationID: "signArtifact",
    summary: "A link that opens the newest artifact of a bundle for a few minutes, without a token.",
    access: .scope(.read), parameters: [.path("slug")],
    body: RequestBody(
      .object([.optional("ttl", .integer(1...900), "Seconds until the link expires.")]), isRequired: false,
      limit: 4096),
    responses: [
      ResponseSpec(
        200, "The link.",
        .json(
          .data(
            .object([
              .required("url", .text, "Absolute, or a path of this pod."),
              .required("expiresAt", .moment),
              .required("checksum", .string(), "What the archive's SHA-256 must be."),
            ])))),
      .error(404, "The bundle has no artifact."),
      .error(409, "The artifact is in another store than this pod's."),
    ], rate: Rate(perMinute: 60, burst: 20)
  ) { request, path, services in
    let caller = try request.require(.read)
    guard let slug = Slug(path["slug"]) else { throw APIError.notFound("Example bundle not found") }
    var lifetime: Duration?
    if case .object(let body) = request.json, case .number(let seconds)? = body["ttl"] {
      lifetime = .seconds(seconds)
    }
    do {
      let signer = LinkSigner(store: services.store, artifacts: services.artifacts, who: caller.name)
      guard let artifact = try await services.reads.latestArtifact(of: slug) else {
        throw APIError.notFound("example bundle artifact not found")
      }
      let link = try await signer.sign(artifact, lifetime: lifetime)
      services.metrics.issuedSignedURL(artifact.storageKind)
      return signed(artifact, link, publicURL: services.settings.publicURL)
    } catch let error as ArtifactOperationError {
      throw APIError.conflict(error.message)
    }
  }

  private static func signed(_ artifact: Artifact, _ link: SignedLink, publicURL: String?) -> APIAnswer {
    let url = link.url.reveal()
    var answer = APIAnswer.data { json in
      json.object { json in
        json.member("url", url.hasPrefix("/") ? (publicURL ?? "") + url : url)
        json.member("expiresAt", link.expiresAt.iso8601)
        json.member("checksum", artifact.checksum)
      }
    }
    answer.headers["referrer-policy"] = "no-referrer"
    return answer
  }
}
