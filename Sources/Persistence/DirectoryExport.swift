package import ArtifactStorage
package import BundleModel
package import BundleStore
package import LegacyStore

/// Writes everything that the database holds into a directory of AppHub's format: the way back.
///
/// The directory may hold something already: what says the same stays as it is, what is older is written over, and
/// what is newer stays and is named. Rows are read page by page, archives copied piece by piece, so memory stays flat;
/// what changes meanwhile is written afterwards.
package struct DirectoryExport: Sendable {
  private let store: BundleStore
  private let artifacts: any ArtifactStore
  private let directory: LegacyDirectory
  private let page: Int

  /// How many bundles are worked on at once.
  private static let width = 8
  /// How often changes are caught up with before a busy database is left alone.
  private static let rounds = 20

  /// - Parameter page: how many rows are in memory at once.
  package init(store: BundleStore, artifacts: any ArtifactStore, directory: LegacyDirectory, page: Int = 200) {
    self.store = store
    self.artifacts = artifacts
    self.directory = directory
    self.page = page
  }

  /// Writes everything.
  ///
  /// - Parameter progress: called with what is done so far, after each page.
  /// - Throws: `StoreError`, and `LegacyError` when the directory cannot be read at all; what fails for one bundle is
  ///   in the report.
  package func run(_ progress: (ExportReport) async -> Void = { _ in }) async throws -> ExportReport {
    let writer = DirectoryWriter(directory: directory, artifacts: artifacts)
    var report = ExportReport()
    var unknown = try await writer.survey().slugs
    var cursor = try await store.feedStart()
    var last: Slug?
    while true {
      let rows = try await store.statuses(after: last, limit: page)
      for row in rows { unknown.remove(row.slug) }
      await write(rows, writer, &report)
      await progress(report)
      last = rows.last?.slug
      guard rows.count == page else { break }
    }
    for _ in 0..<Self.rounds {
      let now = try await store.clock()
      switch try await store.changes(since: cursor) {
      case .unchanged: report.completeAt = now
      case .changes(let rows, let removed, let next):
        for row in rows { unknown.remove(row.slug) }
        await write(rows, writer, &report)
        for slug in removed { await remove(slug, writer, &report) }
        if rows.isEmpty, removed.isEmpty { report.completeAt = now }
        cursor = next
        await progress(report)
      case .resync:
        throw StoreError(.refused, "the database was replaced or emptied during the export: run it again")
      }
      if report.completeAt != nil { break }
    }
    report.unknown = unknown.sorted()
    return report
  }

  private func write(_ rows: [BundleStatus], _ writer: DirectoryWriter, _ report: inout ExportReport) async {
    for (slug, result) in await writer.apply(rows, width: Self.width) { report.note(slug, result) }
  }

  private func remove(_ slug: Slug, _ writer: DirectoryWriter, _ report: inout ExportReport) async {
    let result: Result<DirectoryWriter.Outcome, any Error>
    do { result = .success(try await writer.remove(slug)) } catch { result = .failure(error) }
    report.note(slug, result)
  }
}

/// What an export did.
package struct ExportReport: Equatable, Sendable {
  /// Bundles whose status was written; those whose archive was copied count there, too.
  package private(set) var written: Set<Slug> = []
  /// Archives that were copied.
  package private(set) var archives = 0
  /// Bundles of which the directory held everything already.
  package private(set) var same: Set<Slug> = []
  /// Bundles whose row was deleted meanwhile; their file was kept under another name.
  package private(set) var aside: Set<Slug> = []
  /// Bundles of which the directory holds something newer, which stays.
  package private(set) var newer: Set<Slug> = []
  /// What could not be written, and why.
  package private(set) var failed: [Slug: String] = [:]
  /// Bundles that only the directory has.
  package internal(set) var unknown: [Slug] = []
  /// The moment of which it holds everything; nil when changes came faster than they were written.
  package internal(set) var completeAt: Timestamp?

  /// Whether the directory holds whatever the database held at `completeAt`.
  package var isComplete: Bool { completeAt != nil && newer.isEmpty && failed.isEmpty }

  package init() {}

  mutating func note(_ slug: Slug, _ result: Result<DirectoryWriter.Outcome, any Error>) {
    newer.remove(slug)
    failed[slug] = nil
    switch result {
    case .success(.same): if !written.contains(slug) { same.insert(slug) }
    case .success(.written(let archive)):
      same.remove(slug)
      written.insert(slug)
      archives += archive ? 1 : 0
    case .success(.aside): aside.insert(slug)
    case .success(.left): newer.insert(slug)
    case .failure(let error): failed[slug] = DirectoryWriter.reason(error)
    }
  }
}
