/// A value that must never be printed: a password, a secret key, a token, a signed URL.
///
/// Every description, mirror and interpolation shows dots; reading the value is an explicit act that a reviewer
/// can search for.
package struct Secret<Value: Sendable>: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  private let value: Value

  /// Wraps a value.
  package init(_ value: Value) { self.value = value }

  /// The value itself. Never pass it to a log, an error or a process's arguments.
  package func reveal() -> Value { value }

  /// Another form of the same secret.
  package func map<Other: Sendable>(_ transform: (Value) throws -> Other) rethrows -> Secret<Other> {
    Secret<Other>(try transform(value))
  }

  package var description: String { "••••" }
  package var debugDescription: String { "••••" }
  package var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}
