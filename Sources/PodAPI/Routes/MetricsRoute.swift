internal import JSON

extension Route {
  /// What monitoring reads; not on the address that clients know.
  static let metrics = Route(
    .get, "/metrics", operationID: "metrics", summary: "Metrics as Prometheus reads them.", access: .open,
    listeners: [.metrics], responses: [ResponseSpec(200, "The numbers.", .bytes(type: MetricPage.contentType))]
  ) { _, _, services in
    let page = await services.metrics.page(await services.health.report(), isStopping: services.life.isStopping)
    return .bytes(Array(page.utf8), type: MetricPage.contentType)
  }
}
