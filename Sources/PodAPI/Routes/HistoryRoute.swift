internal import BundleModel
internal import BundleStore
internal import JSON
internal import Persistence
internal import Wire

extension Route {
  /// All that is known of one bundle: as `bundletop show`.
  static let bundleHistory = Route(
    .get, "/examples/bundles/{slug}/history", operationID: "bundleHistory",
    summary: "The attempts of a bundle, newest first, and its archives.", access: .scope(.read),
    parameters: [
      .path("slug"),
      .query("limit", .integer(1...100), "How many attempts; 50 unless told."),
      .query("tail", .integer(0...8192), "How many characters of the end of their output; none unless told."),
    ],
    responses: [
      ResponseSpec(
        200, "What is known of it.",
        .json(
          .data(
            .object([
              .required("slug", .text),
              .required("status", .nullable(.ref("Status"))),
              .required("attempts", .array(.ref("Attempt"))),
              .required("artifacts", .array(.ref("Artifact")), "Newest first."),
            ])))),
      .error(404, "No bundle of this name is known."),
    ]
  ) { request, path, services in
    guard let slug = Slug(path["slug"]) else { throw APIError.notFound("no bundle of this name is known") }
    let store = services.store
    let status = try await services.reads.statuses(of: [slug]).first
    let attempts = try await store.attempts(
      of: slug, limit: request.query.integer("limit") ?? 50, tail: request.query.integer("tail") ?? 0)
    var artifacts = try await store.artifacts(of: [slug])
    // A pod that keeps archives in its own files has no rows of them.
    if let filed = status?.artifact, !artifacts.contains(where: { $0.fingerprint == filed.fingerprint }) {
      artifacts.append(filed)
    }
    artifacts.sort { $0.uploadedAt > $1.uploadedAt }
    guard status != nil || !attempts.isEmpty || !artifacts.isEmpty else {
      throw APIError.notFound("no bundle of this name is known")
    }
    let publicURL = services.settings.publicURL
    return .data(reservingCapacity: 4096) { json in
      json.object { json in
        json.member("slug", slug.text)
        json.member("status", status.map { WireStatus($0, publicURL: publicURL) })
        json.name("attempts")
        json.array { json in for one in attempts { WireAttempt(one, showsTail: true).write(to: &json) } }
        json.name("artifacts")
        json.array { json in for one in artifacts { WireArtifact(one, publicURL: publicURL).write(to: &json) } }
      }
    }
  }
}

extension QueryItems {
  /// The value of an item that the route's schema has found to be an integer.
  func integer(_ name: String) -> Int? { self[name].flatMap { Double($0) }.flatMap { Int(exactly: $0) } }
}
