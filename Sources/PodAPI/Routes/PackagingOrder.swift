internal import BundleModel
internal import BundleStore
internal import JSON
internal import Persistence
internal import Wire

/// Asks for bundles in the name of a caller, and tells what became of it: what `POST /job-imports/example` and
/// `POST /examples/load` share.
struct PackagingOrder {
  private let services: PodServices
  private let caller: Caller
  private let operation: String
  private let request: APIRequest

  /// - Parameters:
  ///   - request: a request whose caller may write; it may have an `Idempotency-Key`.
  ///   - operation: of the route: one key means two things to two operations.
  init(_ request: APIRequest, operation: String, services: PodServices) throws(APIError) {
    caller = try request.require(.write)
    self.request = request
    self.operation = operation
    self.services = services
  }

  /// The longest name that is taken: longer ones would not fit into an index of the database.
  static let slug = Schema.string(shortest: 1, longest: 256)

  /// What makes asking again harmless.
  static let key = ParameterSpec.header(
    "idempotency-key", .string(shortest: 1, longest: 200),
    "Asking again with the same key, for the same bundle, does nothing and answers with the same job.")

  /// The options of a body that the route's schema has let through.
  static func options(_ body: JSONObject, descriptor: Descriptor? = nil) -> JobOptions {
    JobOptions(
      force: body["force"] == .bool(true), skipBuild: body["skipBuild"] == .bool(true),
      minify: body["minify"] == .bool(true), descriptor: descriptor)
  }

  /// The fields of those options.
  static let optionFields: [Schema.Field] = [
    .optional("force", .boolean, "Build even what the cache has."),
    .optional("skipBuild", .boolean),
    .optional("minify", .boolean),
  ]

  /// Asks for every one of these, which is recorded in the audit.
  ///
  /// - Parameter offered: what the live pods have; what they do not have waits until one does, and the answer says so.
  func ask(_ slugs: [Slug], _ options: JobOptions, offered: Set<Slug>) async throws -> [WireJob] {
    let wishes = try await enqueue(slugs, options)
    try await audit(wishes, options)
    let newest = try await services.reads.newest(of: slugs)
    return wishes.map { wish in
      WireJob(
        wish.slug, job: wish.answer.job, outcome: wish.answer.outcome.rawValue,
        reason: Self.reason(wish, isOffered: offered.contains(wish.slug)), status: newest[wish.slug],
        publicURL: services.settings.publicURL)
    }
  }

  /// What became of one bundle.
  private struct Wish {
    var slug: Slug
    var answer: EnqueueAnswer
  }

  private static func reason(_ wish: Wish, isOffered: Bool) -> String? {
    guard wish.answer.outcome != .refused else { return wish.answer.reason ?? "refused" }
    return isOffered ? wish.answer.reason : "no pod has this bundle"
  }

  private func enqueue(_ slugs: [Slug], _ options: JobOptions) async throws(StoreError) -> [Wish] {
    var wishes: [Wish] = []
    for slug in slugs {
      let key = Self.key(of: request, operation, caller, slug)
      let answer = try await services.store.enqueue(slug, options: options, by: caller.name, key: key)
      wishes.append(Wish(slug: slug, answer: answer))
    }
    return wishes
  }

  /// As `bundletop package` is recorded; what was only repeated is not done twice.
  private func audit(_ wishes: [Wish], _ options: JobOptions) async throws(StoreError) {
    guard wishes.contains(where: { $0.answer.outcome != .repeated }) else { return }
    var detail = ["pod": services.settings.pod, "request": request.id.text]
    if options.descriptor != nil { detail["sources"] = "descriptor" }
    try await services.store.audit(
      options.force ? "package --force" : "package", slug: wishes.count == 1 ? wishes[0].slug : nil,
      by: caller.name,
      result: "\(wishes.count { $0.answer.outcome != .refused }) of \(wishes.count) asked for", detail: detail)
  }

  /// The key as the store knows it: of one caller, one operation and one bundle; nil when the request has none.
  static func key(of request: APIRequest, _ operation: String, _ caller: Caller, _ slug: Slug) -> String? {
    request.headers["idempotency-key"].map { "\(operation) \(caller.name) \(slug) \($0)" }
  }
}
