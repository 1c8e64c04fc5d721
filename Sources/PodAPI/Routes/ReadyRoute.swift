internal import JSON

extension Route {
  /// Whether requests should be sent here: for probes. Asks what the pod depends on, seldom and not for long.
  static let ready = Route(
    .get, "/health/ready", operationID: "ready", summary: "Whether this pod can answer requests.", access: .open,
    listeners: [.api, .metrics],
    responses: [
      ResponseSpec(200, "It can; degraded while the object store is away.", .json(readySchema)),
      ResponseSpec(503, "The database is away or has no schema, or the pod is stopping.", .json(readySchema)),
    ]
  ) { _, _, services in
    // First of all, whatever is known of the rest: nobody sends more to a pod that goes.
    guard !services.life.isStopping else {
      return readiness(503, "stopping", [HealthCheck("pod:life", .fail, "this pod is stopping")])
    }
    let (isReady, checks) = await services.health.readiness()
    guard !services.life.isStopping else {
      return readiness(503, "stopping", [HealthCheck("pod:life", .fail, "this pod is stopping")])
    }
    return readiness(
      isReady ? 200 : 503, !isReady ? "unready" : checks.warnings.isEmpty ? "ready" : "degraded", checks)
  }

  private static let readySchema = Schema.object([
    .required("status", .choice(["ready", "degraded", "unready", "stopping"])),
    .required("checks", .ref("HealthChecks")),
  ])

  private static func readiness(_ status: Int, _ word: String, _ checks: [HealthCheck]) -> APIAnswer {
    .json(status) { json in
      json.object { json in
        json.member("status", word)
        json.name("checks")
        checks.write(to: &json)
      }
    }
  }
}
