internal import BundleModel
internal import BundleStore
internal import JSON
internal import Wire

extension Route {
  /// Who is there: as `bundletop pods`.
  static let podList = Route(
    .get, "/pods", operationID: "listPods", summary: "The pods, alive or known lately.", access: .scope(.read),
    responses: [
      ResponseSpec(
        200, "Every live pod, and the last known process of each name that has no live one.",
        .json(.data(.object([.required("pods", .array(.ref("Pod")))]))))
    ]
  ) { _, _, services in
    let crew = try await services.store.crew()
    let counts = try await services.store.cacheCounts()
    return .data(reservingCapacity: 64 + 1024 * crew.pods.count) { json in
      json.object { json in
        json.name("pods")
        json.array { json in
          for pod in crew.pods {
            let count = counts.first { $0.pod == pod.name }
            WirePod(pod, pauses: crew.pauses, cacheHits: count?.hits ?? 0, cacheMisses: count?.misses ?? 0)
              .write(to: &json)
          }
        }
      }
    }
  }
}
