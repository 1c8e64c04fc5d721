internal import BundleModel
internal import JSON
internal import Persistence
internal import Wire

extension Route {
  /// AppHub's question after one bundle: nulls for one that nobody knows. Source: contract section 1.
  static let importStatus = Route(
    .get, "/job-imports/example/{slug}", operationID: "importStatus",
    summary: "The status of one bundle, null when it is unknown.", access: .scope(.read),
    parameters: [.path("slug", .string())],
    responses: [
      ResponseSpec(
        200, "What is known of it.",
        .json(
          .data(
            .object([
              .required("slug", .text),
              .required("status", .nullable(.ref("Status"))),
              .required("bundle", .nullable(.ref("BundleSummary"))),
            ])))),
      .error(404, "The slug is blank."),
    ]
  ) { _, path, services in
    guard let slug = Slug(path["slug"]) else { throw APIError.notFound("Example bundle not found") }
    let status = try await services.reads.statuses(of: [slug]).first
    let publicURL = services.settings.publicURL
    return .data(reservingCapacity: 2048) { json in
      json.object { json in
        json.member("slug", slug.text)
        json.member("status", status.map { WireStatus($0, publicURL: publicURL) })
        json.member("bundle", status.flatMap { WireSummary($0, publicURL: publicURL) })
      }
    }
  }
}
