internal import BundleModel

/// What the table keeps of one bundle: compact, because there may be 100,000.
///
/// Small fields stand behind the packed ones, where the layout has room for them anyway.
struct BundleRow: Equatable, Sendable {
  var slug: Slug
  var fingerprint: PackedHex
  var stage: Stage
  var state: BundleState
  /// Completed from the cache.
  var isCached: Bool
  /// What the last look at the stored archive said, unless it was a match.
  var damage: Verification?
  /// Something is kept beside it.
  var hasExtra = false
  /// Place of the pod's name in the table's list of names; -1 without one.
  var pod: Int32
  var checksum: PackedHex
  var attempt: Int32
  var job: PackedUUID
  var version: String
  /// Since when the bundle stands where it stands; the end for one that is completed.
  var since: Timestamp
  /// Bytes of the artifact; -1 without one.
  var size: Int64

  init(_ status: BundleStatus, pod: Int32) {
    slug = status.slug
    fingerprint = PackedHex(status.fingerprint.text)
    stage = status.stage
    state = status.state
    isCached = status.cached == true
    if let found = status.artifact?.verification, found.isBad { damage = found }
    self.pod = pod
    checksum = PackedHex(status.checksum)
    attempt = Int32(clamping: status.attempt ?? 0)
    job = PackedUUID(status.jobID)
    version = Self.cleaned(status.version ?? "")
    since = (status.state == .completed ? status.completedAt : status.stageStartedAt) ?? status.updatedAt
    size = status.artifact?.size ?? -1
  }

  /// A short version is nearly always plain; looking costs less than cleaning.
  private static func cleaned(_ version: String) -> String {
    let isPlain = version.utf8.count <= 15 && version.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    return isPlain ? version : UntrustedText.line(version, limit: 40)
  }

  /// What a person saw, as the store compares it.
  var seen: SeenState {
    SeenState(
      state: state, fingerprint: fingerprint.string.flatMap { Fingerprint($0) } ?? .pending,
      jobID: job.string, attempt: attempt == 0 ? nil : Int(attempt))
  }
}

/// What only some rows have, kept beside them: the bytes of an upload and the words of an error.
struct BundleExtra: Equatable, Sendable {
  /// The first words of the error or, for a bundle that waits or runs, its message.
  var note = ""
  var bytesDone: Int64 = 0
  /// 0 when nothing is being moved.
  var bytesTotal: Int64 = 0

  /// Nil when there is nothing to keep.
  init?(_ status: BundleStatus) {
    switch status.state {
    case .completed: return nil
    case .failed: note = Self.firstWords(status.error ?? status.message ?? "")
    case .queued, .running: note = Self.firstWords(status.message ?? "")
    }
    if status.state == .running, let total = status.bytesTotal, total > 0 {
      bytesTotal = total
      bytesDone = min(max(0, status.bytesDone ?? 0), total)
    }
    if note.isEmpty && bytesTotal == 0 { return nil }
  }

  private static func firstWords(_ text: String) -> String {
    let start = text.prefix(400).trimmingBlanks()
    return UntrustedText.line(start.split(whereSeparator: \.isNewline).first ?? "", limit: 200)
  }
}
