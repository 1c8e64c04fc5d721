/// Identifies one run of a pod process: a random UUID in lower case. A restarted pod is another owner.
package struct OwnerID: Hashable, Sendable, CustomStringConvertible {
  package let text: String
  package init(_ text: String) { self.text = text }
  package var description: String { text }
}
