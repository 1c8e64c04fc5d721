/// Identifies a job: a UUID in lower case, as Postgres writes it.
package struct JobID: Hashable, Sendable, CustomStringConvertible {
  package let text: String
  package init(_ text: String) { self.text = text }
  package var description: String { text }
}
