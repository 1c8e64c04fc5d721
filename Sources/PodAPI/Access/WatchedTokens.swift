internal import Logging
internal import ProcessControl
internal import Synchronization

/// The tokens of a file as it is now, a second ago at most.
final class WatchedTokens: Sendable {
  private struct State {
    var table: TokenTable
    var stamp: TokenFile.Stamp
    /// When the file was looked at last.
    var lookedAt: ContinuousClock.Instant
  }

  private let file: TokenFile
  private let state: Mutex<State>
  private let log: Logger
  private let now: @Sendable () -> ContinuousClock.Instant

  /// Reads the file; blocks.
  init(_ file: TokenFile, log: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant) throws(AccessError) {
    let (table, stamp) = try file.read()
    self.file = file
    state = Mutex(State(table: table, stamp: stamp, lookedAt: now()))
    self.log = log
    self.now = now
  }

  /// The tokens. Looks at the file at most once a second: one request waits for that, others take what is known.
  func table() async -> TokenTable {
    let moment = now()
    let known: TokenFile.Stamp? = state.withLock { state in
      guard moment - state.lookedAt >= .seconds(1) else { return nil }
      state.lookedAt = moment
      return state.stamp
    }
    if let known { await readAgain(unless: known) }
    return state.withLock { $0.table }
  }

  private func readAgain(unless known: TokenFile.Stamp) async {
    do {
      let read = try await DetachedThread.value { [file] () throws(AccessError) in
        try file.stamp() == known ? nil : try file.read()
      }
      guard let read else { return }
      state.withLock { state in
        state.table = read.table
        state.stamp = read.stamp
      }
      log.notice("read the tokens again", metadata: ["count": "\(read.table.count)"])
    } catch {
      log.warning("the tokens stay as they were", metadata: ["error": "\(error)"])
    }
  }
}
