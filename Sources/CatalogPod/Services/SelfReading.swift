internal import BundleModel
internal import BundleStore
internal import HTTPTransport
internal import Logging

/// Reads the status list of this pod's own listener, as every client does, and publishes what it found: others see it
/// in the database where they cannot reach the pod.
struct SelfReading: PodService {
  let pod: PodDependencies
  let reader: ListReader

  private static let interval = Duration.seconds(5)

  init(pod: PodDependencies, listener: OwnListener) {
    self.pod = pod
    reader = ListReader(listener: listener)
  }

  func run() async {
    var isWorking = true
    await every(Self.interval) {
      do {
        let list = try await reader.read()
        try await pod.store.publishDigest(list.checksum, snapshot: list.snapshot, of: pod.worker)
        if !isWorking { pod.log.info("reads its own listener again") }
        isWorking = true
      } catch {
        guard isWorking, !Task.isCancelled else { return }
        isWorking = false
        pod.log.warning("cannot publish what it serves", metadata: ["error": "\(error)"])
      }
    }
  }
}
