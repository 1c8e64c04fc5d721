/// A statement with its values, for `Connection.pipeline`.
package struct Statement: Sendable {
  package var sql: String
  package var parameters: [Parameter]

  package init(_ sql: String, _ parameters: [Parameter] = []) {
    self.sql = sql
    self.parameters = parameters
  }
}
