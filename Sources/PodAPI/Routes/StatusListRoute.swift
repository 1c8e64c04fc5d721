internal import BundleModel
internal import JSON

extension Route {
  /// AppHub's list: one status a slug, newest change first. Names the snapshot that it was read in, so that what pods
  /// serve can be compared.
  static let statusList = Route(
    .get, "/examples/bundles/status", operationID: "listStatuses",
    summary: "The status of every bundle, newest change first.", access: .scope(.read),
    parameters: [.header("if-none-match", .string())],
    responses: [
      ResponseSpec(
        200, "One status a slug.", .json(.data(.object([.required("statuses", .array(.ref("Status")))]))),
        headers: listHeaders),
      ResponseSpec(304, "The list is still the one that the caller has.", headers: listHeaders),
    ]
  ) { request, _, services in
    let served = try await services.statuses.served()
    var answer = statusList(served.body).conditional(on: request, tag: served.tag)
    answer.headers["bundle-snapshot"] = served.snapshot
    answer.headers["bundle-reads"] = served.side.rawValue
    answer.headers["bundle-files-digest"] = served.filed?.hex
    answer.headers["bundle-pod"] = services.settings.owner.text
    return answer
  }

  private static let listHeaders = [
    (name: "Bundle-Snapshot", summary: "The database snapshot that the list was read in, or holds (pg_snapshot)."),
    (name: "Bundle-Reads", summary: "What was read: directory or database."),
    (name: "Bundle-Pod", summary: "The process that answers, as in `GET /pods`."),
    (name: "ETag", summary: "The same for the same bytes, whichever pod answers."),
  ]

  /// The answer with a body of `WireStatus.list`.
  static func statusList(_ body: [UInt8]) -> APIAnswer { .bytes(body, type: "application/json; charset=utf-8") }
}
