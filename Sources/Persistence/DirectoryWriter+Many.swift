internal import BundleModel

extension DirectoryWriter {
  /// Applies some rows, `width` at once; says of each what became of it.
  func apply(_ rows: [BundleStatus], width: Int) async -> [(Slug, Result<Outcome, any Error>)] {
    await withTaskGroup(of: (Slug, Result<Outcome, any Error>).self) { group in
      var left = rows.makeIterator()
      var results: [(Slug, Result<Outcome, any Error>)] = []
      results.reserveCapacity(rows.count)
      for _ in 0..<width {
        guard let row = left.next() else { break }
        group.addTask { await self.attempt(row) }
      }
      while let result = await group.next() {
        results.append(result)
        guard !Task.isCancelled, let row = left.next() else { continue }
        group.addTask { await self.attempt(row) }
      }
      return results
    }
  }

  private func attempt(_ row: BundleStatus) async -> (Slug, Result<Outcome, any Error>) {
    do {
      return (row.slug, .success(try await apply(row)))
    } catch {
      return (row.slug, .failure(error))
    }
  }

  /// What went wrong, in one line.
  static func reason(_ error: any Error) -> String {
    (error as? any ReportableError).map { "\($0)" } ?? "an error that nobody foresaw"
  }
}
