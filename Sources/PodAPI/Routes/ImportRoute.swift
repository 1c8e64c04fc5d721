internal import BundleModel
internal import BundleStore
internal import JSON
internal import Persistence
internal import Wire

extension Route {
  /// AppHub's wish for one bundle; also its retry. Source: contract section 1.
  static let importBundle = Route(
    .post, "/job-imports/example", operationID: "importBundle", summary: "Ask for a bundle to be packaged.",
    access: .scope(.write), parameters: [PackagingOrder.key],
    body: RequestBody(
      .object(
        [.required("slug", PackagingOrder.slug)] + PackagingOrder.optionFields + [
          .optional("descriptor", .nullable(.ref("Descriptor")), "Where the sources are, if not found by slug.")
        ])),
    responses: [
      ResponseSpec(202, "It waits for a pod.", .json(.data(.ref("JobResponse")))),
      .error(409, "A job of other sources waits already."),
    ]
  ) { request, _, services in
    let order = try PackagingOrder(request, operation: "importBundle", services: services)
    guard case .object(let body) = request.json, case .string(let name)? = body["slug"] else {
      throw APIError(500, "internal error")
    }
    guard let slug = Slug(name) else {
      throw APIError.invalid("slug", "String must contain at least 1 character(s)")
    }
    var descriptor: Descriptor?
    if case .object(let object)? = body["descriptor"] {
      do throws(WireDescriptorError) {
        descriptor = try Descriptor(wire: object)
      } catch {
        throw APIError.invalid("descriptor", error.message)
      }
    }
    let offered = try await services.store.offered()
    if descriptor == nil, !offered.contains(slug) {
      // A bundle that was packaged before waits for a pod that has it.
      guard try await !services.reads.statuses(of: [slug]).isEmpty else {
        throw APIError.badRequest("Unknown example bundle slug: \(slug)")
      }
    }
    let jobs = try await order.ask([slug], PackagingOrder.options(body, descriptor: descriptor), offered: offered)
    if let refusal = jobs[0].refusal { throw APIError.conflict(refusal) }
    return .data(202, reservingCapacity: 2048) { jobs[0].write(to: &$0) }
  }
}

extension APIError {
  /// One field of the body is wrong, as zod tells it.
  static func invalid(_ field: String, _ message: String) -> APIError {
    var complaints = FlattenedError()
    complaints.add(field, message)
    return .invalid(complaints)
  }
}
