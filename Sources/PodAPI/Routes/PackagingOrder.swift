internal import BundleModel
internal import BundleStore
internal import JSON
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
    var answers: [(slug: Slug, answer: EnqueueAnswer)] = []
    for slug in slugs {
      answers.append(
        (
          slug,
          try await services.store.enqueue(
            slug, options: options, by: caller.name, key: Self.key(of: request, operation, caller, slug))
        ))
    }
    try await audit(answers, options)
    let statuses = Dictionary(
      try await services.store.statuses(of: slugs).map { ($0.slug, $0) }, uniquingKeysWith: { newest, _ in newest })
    return answers.map { slug, answer in
      WireJob(
        slug, job: answer.job, outcome: answer.outcome.rawValue,
        reason: answer.outcome == .refused
          ? answer.reason ?? "refused" : offered.contains(slug) ? answer.reason : "no pod has this bundle",
        status: statuses[slug], publicURL: services.settings.publicURL)
    }
  }

  /// As `bundletop package` is recorded; what was only repeated is not done twice.
  private func audit(_ answers: [(slug: Slug, answer: EnqueueAnswer)], _ options: JobOptions) async throws {
    guard answers.contains(where: { $0.answer.outcome != .repeated }) else { return }
    var detail = ["pod": services.settings.pod, "request": request.id.text]
    if options.descriptor != nil { detail["sources"] = "descriptor" }
    try await services.store.audit(
      options.force ? "package --force" : "package", slug: answers.count == 1 ? answers[0].slug : nil,
      by: caller.name,
      result: "\(answers.count { $0.answer.outcome != .refused }) of \(answers.count) asked for", detail: detail)
  }

  /// The key as the store knows it: of one caller, one operation and one bundle; nil when the request has none.
  static func key(of request: APIRequest, _ operation: String, _ caller: Caller, _ slug: Slug) -> String? {
    request.headers["idempotency-key"].map { "\(operation) \(caller.name) \(slug) \($0)" }
  }
}
