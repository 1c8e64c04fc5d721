internal import BundleModel
package import BundleStore
internal import LegacyStore
internal import ProcessControl

/// What became, or would become, of the files of one directory.
package struct CleanReport: Equatable, Sendable {
  package struct Kept: Equatable, Sendable {
    package var path: String
    package var reason: String
  }

  /// The directory's id.
  package var source: String
  package var path: String
  /// False: nothing was removed, it was only looked at.
  package var isApplied = false
  /// Status files that were, or would be, removed.
  package var statuses = 0
  package var archives = 0
  /// Of both.
  package var bytes: Int64 = 0
  /// In the order of their paths.
  package var kept: [Kept] = []

  package var removed: Int { statuses + archives }
}

/// Removes from a directory exactly what verify proved, and nothing else.
///
/// Each file is opened and hashed again before it goes: same path, size, time and SHA-256.
package struct DirectoryCleaner: Sendable {
  private let store: BundleStore
  private let who: String
  private let host: String

  /// - Parameter who: the name that is recorded with what is removed.
  package init(store: BundleStore, who: String, host: String) {
    self.store = store
    self.who = who
    self.host = host
  }

  /// Looks at the files of a directory; with `apply` it removes what was proved and empties folders.
  ///
  /// - Throws: `MigrationError` (`.refused`) with the reason why nothing may be removed there.
  package func clean(
    _ source: MigrationSource, apply: Bool, observer: @escaping MigrationObserver = { _ in }
  ) async throws -> CleanReport {
    if let refusal = CleanDecision.refusal(source.id, try await store.rollout()) {
      try await store.audit(
        "migrate clean", slug: nil, by: who, result: "refused: \(refusal)", detail: ["source": source.id])
      throw MigrationError(.refused, refusal)
    }
    let proved = try await proved(source)
    let cancelled = CancelFlag()
    let report = try await withTaskCancellationHandler {
      try await DetachedThread.value { () throws(MigrationReadingFailure) in
        do {
          return try CleanWork(
            source: source, proved: proved, apply: apply, cancelled: cancelled, observer: observer
          ).run()
        } catch {
          throw MigrationReadingFailure(error)
        }
      }
    } onCancel: {
      cancelled.set()
    }
    guard apply else { return report }
    try await store.note(source.id, path: source.wholePath, host: host, step: .cleaned)
    try await store.audit(
      "migrate clean", slug: nil, by: who,
      result: "removed \(report.statuses) status files and \(report.archives) archives "
        + "(\(HumanText.size(report.bytes))), kept \(report.kept.count)",
      detail: [
        "source": source.id, "directory": source.wholePath, "host": host, "kept": "\(report.kept.count)",
      ])
    return report
  }

  /// What verify proved, by path.
  private func proved(_ source: MigrationSource) async throws -> [String: ProvedFile] {
    var files: [String: ProvedFile] = [:]
    var last = ""
    while true {
      let page = try await store.provedFiles(of: source.id, after: last)
      for file in page { files[file.path] = file }
      guard let end = page.last else { return files }
      last = end.path
    }
  }
}
