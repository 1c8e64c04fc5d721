internal import JSON

extension Route {
  /// Whether the process is alive: it answers, that is all. Touches nothing that it depends on.
  static let live = Route(
    .get, "/health/live", operationID: "live", summary: "Whether the process is alive.", access: .open,
    listeners: [.api, .metrics],
    responses: [ResponseSpec(200, "It is.", .json(.object([.required("status", .choice(["ok"]))])))]
  ) { _, _, _ in
    .json { json in
      json.object { $0.member("status", "ok") }
    }
  }
}
