/// Runs `body` to its end even when the calling task is cancelled.
func uncancelled<T: Sendable>(_ body: @Sendable @escaping () async throws -> T) async throws -> T {
  try await Task { try await body() }.value
}
