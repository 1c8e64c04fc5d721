/// Every route of a pod. A route is a file of its own under `Routes/` and a line here.
package enum RouteTable {
  package static let all: [Route] = [
    .live,
    .openAPI,
    .statusList,
    .download,
    .sign,
  ]
}
