/// Runs `body` again and again, `interval` apart, until the task is cancelled.
func every(_ interval: Duration, _ body: () async -> Void) async {
  while !Task.isCancelled {
    await body()
    try? await Task.sleep(for: interval)
  }
}
