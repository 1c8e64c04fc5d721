package import BundleModel

/// A pod as other programs read it.
package struct WirePod: WireRecord {
  private let pod: Pod
  private let pause: Pause?
  private let cacheHits: Int
  private let cacheMisses: Int

  /// - Parameters:
  ///   - pauses: whatever is paused anywhere.
  ///   - cacheHits: attempts of the last 24 hours that were answered from the cache, of all processes of this name.
  ///   - cacheMisses: those that were built.
  package init(_ pod: Pod, pauses: [Pause], cacheHits: Int, cacheMisses: Int) {
    self.pod = pod
    pause = pod.pause(among: pauses)
    self.cacheHits = cacheHits
    self.cacheMisses = cacheMisses
  }

  package var members: [(name: String, value: WireValue)] {
    [
      ("bundles", .number(Int64(pod.catalogue))),
      ("cacheHits", .number(Int64(cacheHits))),
      ("cacheMisses", .number(Int64(cacheMisses))),
      ("concurrency", .number(Int64(pod.concurrency))),
      ("digest", WireValue(pod.digest?.checksum.hex)),
      ("digestAt", WireValue(pod.digest?.at)),
      ("digestSnapshot", WireValue(pod.digest?.snapshot)),
      ("following", WireValue(pod.directory?.following)),
      ("lastSeen", .moment(pod.lastSeen)),
      ("legacyDir", WireValue(pod.directory?.path)),
      ("metricsUrl", WireValue(pod.metricsURL)),
      ("name", .text(pod.name)),
      ("notes", WireValue(pod.notes)),
      ("owner", .text(pod.owner.text)),
      ("pausedBy", WireValue(pause?.by)),
      ("persistence", .text(pod.persistence)),
      ("running", .number(Int64(pod.running))),
      ("source", WireValue(pod.directory?.source)),
      ("startedAt", .moment(pod.startedAt)),
      ("state", .text(pod.presence.rawValue)),
      ("store", .text(pod.store)),
      ("unmigrated", WireValue(pod.directory?.unmigrated.map(Int64.init))),
      ("url", WireValue(pod.url)),
      ("version", .text(pod.version)),
    ]
  }
}
