/// Every route of a pod. A route is a file of its own under `Routes/` and a line here.
package enum RouteTable {
  package static let all: [Route] = [
    .events,
    .live,
    .ready,
    .health,
    .metrics,
    .openAPI,
    .statusList,
    .importBundle,
    .importStatus,
    .loadBundles,
    .cancelBundle,
    .bundleHistory,
    .podList,
    .download,
    .sign,
  ]
}
