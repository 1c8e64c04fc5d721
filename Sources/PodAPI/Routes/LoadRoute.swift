internal import BundleModel
internal import BundleStore
internal import JSON
internal import Persistence
internal import Wire

extension Route {
  /// AppHub's wish for many bundles, or for all that the live pods offer. Source: contract section 1.
  static let loadBundles = Route(
    .post, "/examples/load", operationID: "loadBundles",
    summary: "Ask for many bundles; unknown slugs are passed over, none or an empty list means all.",
    access: .scope(.write), parameters: [PackagingOrder.key],
    body: RequestBody(
      .object(
        [.optional("slugs", .array(PackagingOrder.slug, most: 10_000))] + PackagingOrder.optionFields,
        closed: false),
      isRequired: false, limit: 1 << 20),
    responses: [
      ResponseSpec(
        202, "They wait for pods.", .json(.data(.object([.required("jobs", .array(.ref("JobResponse")))]))))
    ],
    deadline: .seconds(60)
  ) { request, _, services in
    let order = try PackagingOrder(request, operation: "loadBundles", services: services)
    var body: JSONObject = [:]
    if case .object(let object) = request.json { body = object }
    let named = PackagingList.named(in: body)
    let offered = try await services.store.offered()
    var wanted = offered.sorted()
    if !named.isEmpty {
      let packaged = try await services.reads.statuses(of: named.filter { !offered.contains($0) }).map(\.slug)
      let known = offered.union(packaged)
      wanted = named.filter { known.contains($0) }
    }
    guard !wanted.isEmpty else { throw APIError.badRequest("No matching example slugs provided") }
    let jobs = try await order.ask(wanted, PackagingOrder.options(body), offered: offered)
    return .data(202, reservingCapacity: 64 + 2048 * jobs.count) { json in
      json.object { json in
        json.name("jobs")
        json.array { json in for job in jobs { job.write(to: &json) } }
      }
    }
  }
}

/// The names of a list, in its order, each once; blank ones are passed over like unknown ones.
private enum PackagingList {
  static func named(in body: JSONObject) -> [Slug] {
    guard case .array(let values)? = body["slugs"] else { return [] }
    var seen: Set<Slug> = []
    return values.compactMap { value in
      guard case .string(let name) = value, let slug = Slug(name), seen.insert(slug).inserted else { return nil }
      return slug
    }
  }
}
