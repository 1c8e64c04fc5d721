package import BundleModel
internal import Postgres

/// Something in the object store that no row names: an object, or an upload in parts that was begun.
package struct Leftover: Hashable, Sendable {
  package var key: String
  /// The id of an unfinished upload; nil for an object.
  package var upload: String?
  /// Bytes; zero for an upload.
  package var size: Int64
  /// When the object was last written, or the upload begun.
  package var writtenAt: Timestamp

  package init(key: String, upload: String? = nil, size: Int64, writtenAt: Timestamp) {
    self.key = key
    self.upload = upload
    self.size = size
    self.writtenAt = writtenAt
  }
}

/// A leftover that an earlier run found, too.
package struct LeftoverMark: Equatable, Sendable {
  package var leftover: Leftover
  package var markedAt: Timestamp
  /// Whether it was marked long enough ago.
  package var isDue: Bool
}

/// Which artifacts stay recorded.
package struct RetirementRule: Equatable, Sendable {
  /// So many of each bundle, the newest; at least 1.
  package var keep: Int
  /// Each at least for so long after it was uploaded and last used.
  package var olderThan: Duration

  package init(keep: Int, olderThan: Duration) {
    self.keep = keep
    self.olderThan = olderThan
  }
}

/// What became of a deletion.
package enum Deletion: String, Sendable {
  case deleted
  /// A row names the object again.
  case named
  /// It was written or marked again since, or is gone.
  case changed
  /// It was marked too short a time ago.
  case early
}

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
    let rows = try await query(SQLText.gcRetirable, [.integer(rule.keep), .interval(rule.olderThan)])
    return try decoding {
      try rows.compactMap { row in
        var reader = row.reader()
        return try ArtifactRow.read(&reader)
      }
    }
  }

  /// Takes an artifact out of the books and writes that into the audit. False: it is not to go any more.
  package func retire(_ artifact: Artifact, _ rule: RetirementRule, by who: String) async throws(StoreError) -> Bool
  {
    let rows = try await write(
      SQLText.gcRetire,
      [
        .text(artifact.id), .integer(rule.keep), .interval(rule.olderThan),
        .text(UntrustedText.line(who, limit: 200)),
      ])
    return try decoding { try rows.first?.decode("retired", as: Bool.self) ?? false }
  }

  // MARK: - Marks

  /// What earlier runs marked in a store.
  ///
  /// - Parameter grace: how long a mark must stand before what it marks is deleted.
  package func marks(in store: String, grace: Duration) async throws(StoreError) -> [LeftoverMark] {
    let rows = try await query(SQLText.gcMarks, [.text(store), .interval(grace)])
    return try decoding {
      try rows.map { row in
        var reader = row.reader()
        let key: String = try reader.next()
        let upload: String = try reader.next()
        let size: Int64 = try reader.next()
        let writtenAt: Timestamp = try reader.next()
        let markedAt: Timestamp = try reader.next()
        return LeftoverMark(
          leftover: Leftover(
            key: key, upload: upload.isEmpty ? nil : upload, size: size, writtenAt: writtenAt),
          markedAt: markedAt, isDue: try reader.next())
      }
    }
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
          .text(UntrustedText.line(who, limit: 200)),
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
    do {
      return try await pool.transaction(deadline: .seconds(60)) { connection in
        let rows = try await connection.query(
          SQLText.gcRelease,
          [
            .text(store), .text(leftover.key), .text(leftover.upload ?? ""), .timestamp(mark.markedAt),
            .interval(grace),
          ])
        switch try rows.first?.decode("outcome", as: String.self) {
        case "free": break
        case "named": return .named
        case "early": return .early
        default: return .changed
        }
        let isGone = try await remove()
        _ = try await connection.query(SQLText.gcUnmark, Self.places([leftover], store))
        return isGone ? .deleted : .changed
      }
    } catch let error as PostgresError {
      throw StoreError(error)
    }
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
