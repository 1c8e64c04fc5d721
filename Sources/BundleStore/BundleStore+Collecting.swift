package import BundleModel
internal import Postgres

extension BundleStore {
  /// Runs a collection of what nobody names, unless another one runs; of those there is one at a time.
  ///
  /// - Throws: `.refused` when another one runs.
  package func collecting<T>(_ body: () async throws -> T) async throws -> T {
    let guardian: Connection
    let won: Bool
    do throws(PostgresError) {
      guardian = try await Connection.connect(pool.settings)
      do throws(PostgresError) {
        won = try await guardian.query(SQLText.gcBegin).first?.decode("won") ?? false
      } catch {
        await guardian.close()
        throw error
      }
    } catch {
      throw StoreError(error)
    }
    do {
      guard won else {
        throw StoreError(.refused, "another `bundletop gc` is at work; try again when it has ended")
      }
      let value = try await body()
      await guardian.close()
      return value
    } catch {
      await guardian.close()
      throw error
    }
  }

  /// The live pods that write to another store than this, each as `pod: store`.
  package func podsElsewhere(than store: String) async throws(StoreError) -> [String] {
    let rows = try await query(SQLText.gcForeignStores, [.text(store), .interval(settings.goneAfter)])
    return try decoding {
      try rows.map { "\(try $0.decode("name", as: String.self)): \(try $0.decode("store", as: String.self))" }
    }
  }

  /// Every object that a row names.
  package func namedKeys() async throws(StoreError) -> Set<String> {
    let rows = try await query(SQLText.gcNamedKeys)
    return try decoding { Set(try rows.map { try $0.decode("key", as: String.self) }) }
  }

  // MARK: - Rows

  /// The artifacts that a rule lets go of: never what a status shows, nor what an attempt used lately.
  package func retirable(_ rule: RetirementRule) async throws(StoreError) -> [Artifact] {
    try await read(ArtifactRow.self, SQLText.gcRetirable, [.integer(rule.keep), .interval(rule.olderThan)])
  }

  /// Takes an artifact out of the books and writes that into the audit. False: it is not to go any more.
  package func retire(_ artifact: Artifact, _ rule: RetirementRule, by who: String) async throws(StoreError) -> Bool
  {
    let rows = try await write(
      SQLText.gcRetire,
      [.text(artifact.id), .integer(rule.keep), .interval(rule.olderThan), .who(who)])
    return try decoding { try rows.first?.decode("retired", as: Bool.self) ?? false }
  }

  // MARK: - Marks

  /// What earlier runs marked in a store.
  ///
  /// - Parameter grace: how long a mark must stand before what it marks is deleted.
  package func marks(in store: String, grace: Duration) async throws(StoreError) -> [LeftoverMark] {
    try await read(LeftoverMarkRow.self, SQLText.gcMarks, [.text(store), .interval(grace)])
  }

  /// Marks leftovers; what is marked already keeps its time, unless it was written since.
  ///
  /// - Returns: how many marks are new.
  package func mark(_ leftovers: [Leftover], in store: String, by who: String) async throws(StoreError) -> Int {
    var made = 0
    for batch in leftovers.batches(of: 1_000) {
      let rows = try await query(
        SQLText.gcMark,
        [
          .text(store), .textArray(batch.map(\.key)), .textArray(batch.map { $0.upload ?? "" }),
          .textArray(batch.map { "\($0.size)" }), .textArray(batch.map { "\($0.writtenAt.microseconds)" }),
          .who(who),
        ])
      made += try decoding { try rows.first?.decode("made", as: Int.self) ?? 0 }
    }
    return made
  }

  /// Takes marks away from what is named again or gone.
  package func unmark(_ leftovers: [Leftover], in store: String) async throws(StoreError) {
    for batch in leftovers.batches(of: 1_000) {
      _ = try await query(SQLText.gcUnmark, Self.places(batch, store))
    }
  }

  /// Deletes what was marked, if it was marked long enough ago and still is named by nobody. Nobody publishes it
  /// meanwhile.
  ///
  /// - Parameter remove: looks whether it still is what was marked, and removes it from the object store; false when
  ///   it is not.
  /// - Throws: `StoreError`, or what `remove` throws. Nothing is lost by then: the mark stays.
  package func delete(
    _ mark: LeftoverMark, in store: String, grace: Duration, remove: @Sendable () async throws -> Bool
  ) async throws -> Deletion {
    let leftover = mark.leftover
    return try await transaction(deadline: .seconds(60)) { connection in
      let rows = try await connection.query(
        SQLText.gcRelease,
        [
          .text(store), .text(leftover.key), .text(leftover.upload ?? ""), .timestamp(mark.markedAt),
          .interval(grace),
        ])
      switch try FunctionAnswer<Release>(rows, to: "whether an object may be deleted").outcome {
      case .free: break
      case .named: return .named
      case .changed: return .changed
      case .early: return .early
      }
      let isGone = try await remove()
      _ = try await connection.query(SQLText.gcUnmark, Self.places([leftover], store))
      return isGone ? .deleted : .changed
    }
  }

  /// The words of `bundletop_gc_release`; all but the first are why nothing is deleted.
  private enum Release: String {
    case free, named, changed, early
  }

  private static func places(_ leftovers: some Collection<Leftover>, _ store: String) -> [Parameter] {
    [.text(store), .textArray(leftovers.map(\.key)), .textArray(leftovers.map { $0.upload ?? "" })]
  }
}

extension Array {
  /// The elements in order, so many at a time.
  fileprivate func batches(of size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
  }
}
