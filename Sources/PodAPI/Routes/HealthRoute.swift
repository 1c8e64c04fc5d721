internal import JSON

extension Route {
  /// AppHub's health, and what it comes from. Always 200: whether to send requests here is what `/health/ready` says.
  static let health = Route(
    .get, "/health", operationID: "health", summary: "How this pod and what it depends on are.", access: .open,
    listeners: [.api, .metrics],
    responses: [
      ResponseSpec(
        200, "How it is.",
        .json(
          .object([
            .required("status", .choice(["ok", "warn"])),
            .required("warnings", .array(.string())),
            .required("checks", .ref("HealthChecks")),
          ])))
    ]
  ) { _, _, services in
    let checks = await services.health.report().checks
    let warnings = checks.warnings
    return .json { json in
      json.object { json in
        json.member("status", warnings.isEmpty ? "ok" : "warn")
        json.name("warnings")
        json.array { json in for warning in warnings { json.string(warning) } }
        json.name("checks")
        checks.write(to: &json)
      }
    }
  }
}
