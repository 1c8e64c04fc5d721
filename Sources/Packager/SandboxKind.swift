/// How a command is kept from files that it was not granted.
package enum SandboxKind: String, Sendable {
  /// landlock(7), in kernels since 5.13 that were started with it.
  case landlock
  /// user_namespaces(7) and mount_namespaces(7), where they are not forbidden.
  case namespaces
}
