/// Why a test could not be set up or did not see what it waited for.
package struct TestSupportError: Error, CustomStringConvertible {
  /// What happened.
  package let description: String

  /// Wraps a message.
  package init(_ description: String) { self.description = description }
}
