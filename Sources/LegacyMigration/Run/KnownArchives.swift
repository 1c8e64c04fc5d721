package import BundleModel
package import BundleStore
package import LegacyStore

/// What the journal tells of archives that were moved before, so that they need not be read and sent again.
package struct KnownArchives: Sendable {
  private struct Fact: Sendable {
    var size: Int64
    var modifiedAt: Timestamp
    var checksum: Checksum
    var storageKey: String?
  }

  private var facts: [String: [String: Fact]] = [:]

  /// Nothing is known.
  package init() {}

  /// Reads the journal of these directories, page by page.
  package init(_ sources: [String], store: BundleStore, pageSize: Int = 2_000) async throws {
    for source in sources {
      var last: String?
      while true {
        let page = try await store.journalEntries(of: source, after: last, limit: pageSize)
        for entry in page { take(entry) }
        last = page.last?.path
        if page.count < pageSize { break }
      }
    }
  }

  private mutating func take(_ entry: JournalEntry) {
    guard entry.kind == .archive, entry.outcome != .quarantined, let size = entry.size,
      let modifiedAt = entry.modifiedAt, let checksum = entry.checksum
    else { return }
    facts[entry.source, default: [:]][entry.path] = Fact(
      size: size, modifiedAt: modifiedAt, checksum: checksum, storageKey: entry.storageKey)
  }

  private func fact(_ source: String, _ archive: LegacyArchive) -> Fact? {
    guard let fact = facts[source]?[archive.path], fact.size == archive.size,
      fact.modifiedAt == archive.modifiedAt
    else { return nil }
    return fact
  }

  /// The checksum of an archive that has the size and time that it had when it was read.
  package func checksum(_ source: String, _ archive: LegacyArchive) -> Checksum? { fact(source, archive)?.checksum }

  /// The object that came of it.
  func storageKey(_ source: String, _ archive: LegacyArchive) -> String? { fact(source, archive)?.storageKey }
}
