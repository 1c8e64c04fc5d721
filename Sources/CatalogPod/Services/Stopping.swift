/// Ends all work as soon as the pod is asked to go, whatever the others still wait for: who asks kills before long.
struct Stopping: PodService {
  let work: WorkInHand

  func run() async {
    let (asked, waiting) = AsyncStream<Never>.makeStream()
    for await _ in asked {}
    waiting.finish()
    await work.stopAll()
  }
}
