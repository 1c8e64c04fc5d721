internal import BundleModel
internal import BundleStore
internal import JSON
internal import Persistence
internal import Wire

extension Route {
  /// Ends what is queued or running of one bundle.
  static let cancelBundle = Route(
    .post, "/examples/bundles/{slug}/cancel", operationID: "cancelBundle",
    summary: "End the queued or running job of a bundle; an earlier archive stays.", access: .scope(.write),
    parameters: [.path("slug"), PackagingOrder.key],
    body: RequestBody(
      .object([
        .optional(
          "jobId", .nullable(PackagingOrder.slug), "Only this job: the one behind it is not hit by mistake."),
        .optional("reason", .nullable(.string(longest: 1000)), "Why; recorded in the audit."),
      ]), isRequired: false),
    responses: [
      ResponseSpec(
        200, "Cancelled, or completed before.",
        .json(
          .data(
            .object([
              .required("slug", .text),
              .required("jobId", .nullable(.string())),
              .required("outcome", .choice(["cancelled", "completed", "repeated"])),
              .required("reason", .nullable(.string()), "What else to know."),
              .required("status", .nullable(.ref("Status"))),
            ])))),
      .error(404, "No bundle of this name is known."),
      .error(409, "There is nothing to cancel; the words say why."),
    ]
  ) { request, path, services in
    let caller = try request.require(.write)
    guard let slug = Slug(path["slug"]) else { throw APIError.notFound("no bundle of this name is known") }
    var body: JSONObject = [:]
    if case .object(let object) = request.json { body = object }
    var seen: JobID?
    if case .string(let text)? = body["jobId"] { seen = JobID(text) }
    var why: String?
    if case .string(let text)? = body["reason"] { why = text.nonBlank }
    let answer = try await services.store.cancel(
      slug, seen: seen, by: caller.name, why: why,
      key: PackagingOrder.key(of: request, "cancelBundle", caller, slug))
    let status = try await services.reads.newest(of: [slug])[slug]
    if answer.outcome == .refused {
      let reason = answer.reason ?? "refused"
      throw status == nil ? APIError.notFound(reason) : APIError.conflict(reason)
    }
    return .data(reservingCapacity: 2048) { json in
      json.object { json in
        json.member("slug", slug.text)
        json.member("jobId", answer.job?.text)
        json.member("outcome", answer.outcome.rawValue)
        json.member("reason", answer.reason)
        json.member("status", status.map { WireStatus($0, publicURL: services.settings.publicURL) })
      }
    }
  }
}
