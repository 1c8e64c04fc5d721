/// Something that a pod does all the time, beside the others.
protocol PodService: Sendable {
  /// Works until the task is cancelled.
  func run() async
}
