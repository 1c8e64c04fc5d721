internal import JSON

extension Route {
  /// The description of this API, made of the route table.
  static let openAPI = Route(
    .get, "/openapi.json", operationID: "openAPI", summary: "This description (OpenAPI 3.1).", access: .open,
    responses: [ResponseSpec(200, "The document.", .json(.object([], closed: false)))]
  ) { _, _, services in
    .json(reservingCapacity: 32_768) { json in
      OpenAPIDocument(routes: RouteTable.all, version: services.settings.version).write(to: &json)
    }
  }
}
