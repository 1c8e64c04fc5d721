internal import BundleModel
internal import BundleStore
internal import Synchronization

/// What a run has done.
package struct MigrationCounts: Equatable, Sendable {
  /// Rows that came of files: those that became `failed` or `queued` included.
  package var taken = 0
  /// Of these: their archive is missing, or they were interrupted.
  package var failed = 0
  package var requeued = 0
  /// Bundles that the database had the same of, or that were taken before.
  package var known = 0
  /// Bundles of which the database has something newer, or at work.
  package var kept = 0
  /// Bundles that could not be taken; the files of which that are no status come on top, as findings.
  package var quarantined = 0
  /// Archives that were sent, and their bytes.
  package var uploaded = 0
  package var bytes: Int64 = 0
  /// Archives that were in the object store already.
  package var present = 0

  package init() {}

  package var bundles: Int { taken + known + kept + quarantined }
}

/// Counts what many tasks do, and tells whoever waits.
final class MigrationTally: Sendable {
  private struct State {
    var counts = MigrationCounts()
    var findings: [MigrationFinding] = []
    var total: Int?
    /// Bytes on their way, by the number of the upload.
    var moving: [Int: Int64] = [:]
    /// Of all uploads, ended ones included.
    var sent: Int64 = 0
    var uploads = 0
  }

  private let state = Mutex(State())
  private let observer: MigrationObserver

  init(_ observer: @escaping MigrationObserver) { self.observer = observer }

  var counts: MigrationCounts { state.withLock { $0.counts } }
  var findings: [MigrationFinding] { state.withLock { $0.findings } }

  /// Takes the news of the course: how many bundles there are.
  func note(_ progress: MigrationProgress) {
    guard let total = progress.total else { return observer(progress) }
    let isNew = state.withLock { state in
      defer { state.total = total }
      return state.total == nil
    }
    if isNew { tell() }
  }

  func add(_ findings: [MigrationFinding]) { state.withLock { $0.findings += findings } }

  func count(_ body: (inout MigrationCounts) -> Void) {
    state.withLock { body(&$0.counts) }
    tell()
  }

  /// A number for one upload, under which it tells how far it is.
  func beginUpload() -> Int {
    state.withLock { state in
      state.uploads += 1
      return state.uploads
    }
  }

  /// So many bytes of it are sent.
  func uploading(_ number: Int, _ bytes: Int64) {
    state.withLock { state in
      state.sent += bytes - (state.moving.updateValue(bytes, forKey: number) ?? 0)
    }
    tell()
  }

  /// It has ended, one way or the other.
  func endUpload(_ number: Int) { state.withLock { $0.moving[number] = nil } }

  private func tell() {
    let progress = state.withLock { state in
      MigrationProgress(
        "moving", done: state.counts.bundles, total: state.total, bytes: state.sent)
    }
    observer(progress)
  }
}
