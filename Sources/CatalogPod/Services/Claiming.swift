internal import BundleModel
internal import BundleStore
internal import Logging
internal import Packager

/// Looks for work at every ring and every poll, and takes what there is room for.
struct Claiming: PodService {
  let pod: PodDependencies
  let work: WorkInHand
  let agreement: StoreAgreement
  let wakeUps: WakeUps

  func run() async {
    await withTaskGroup { group in
      group.addTask { [wakeUps, pollEvery = pod.store.settings.pollEvery] in
        await every(pollEvery) { wakeUps.ring() }
        wakeUps.finish()
      }
      for await _ in wakeUps.stream {
        guard !Task.isCancelled else { break }
        await stopCancelled()
        await claim()
      }
      group.cancelAll()
    }
  }

  /// A person who cancels waits for the work to stop, so this is asked at every ring and every poll.
  private func stopCancelled() async {
    let asked = await work.leased
    guard !asked.isEmpty else { return }
    do throws(StoreError) {
      let kept = try await pod.store.held(asked)
      await work.lose(asked.filter { !kept.contains($0) })
    } catch {
      pod.log.debug("cannot look for cancelled jobs", metadata: ["error": "\(error)"])
    }
  }

  private func claim() async {
    let slugs = Array(pod.catalogue.bundles.keys)
    let free = pod.settings.concurrency - (await work.attemptCount)
    guard agreement.holds, free > 0, !slugs.isEmpty, !Task.isCancelled else { return }
    let sent = ContinuousClock.now
    do {
      // Not cancelled half-way: a claim whose answer is thrown away would sleep until its lease ends.
      let claims = try await uncancelled { [pod] in
        try await pod.store.claim(pod.worker, catalogue: slugs, limit: free)
      }
      await work.start(claims, sent: sent)
    } catch {
      pod.log.warning("cannot claim", metadata: ["error": "\(error)"])
    }
  }
}
