internal import BundleModel
internal import BundleStore
internal import JSON
internal import Wire

extension Route {
  /// AppHub's list: one status a slug, newest change first.
  static let statusList = Route(
    .get, "/examples/bundles/status", operationID: "listStatuses",
    summary: "The status of every bundle, newest change first.", access: .scope(.read),
    responses: [
      ResponseSpec(
        200, "One status a slug.",
        .json(.data(.object([.required("statuses", .array(.ref("Status")))]))))
    ]
  ) { _, _, services in
    statusList(try await services.store.statuses(), publicURL: services.settings.publicURL)
  }

  /// The answer that tells statuses.
  static func statusList(_ statuses: [BundleStatus], publicURL: String?) -> APIAnswer {
    // A completed bundle takes about 900 bytes.
    .data(reservingCapacity: 64 + 1024 * statuses.count) { json in
      json.object { json in
        json.name("statuses")
        json.array { json in
          for status in statuses { WireStatus(status, publicURL: publicURL).write(to: &json) }
        }
      }
    }
  }
}
