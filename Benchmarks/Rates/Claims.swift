internal import BundleModel
internal import BundleStore
internal import Postgres
internal import ProcessControl

/// Jobs claimed and completed by clients that each do one at a time, on the store's connections.
struct Claims: Sendable {
  let clients: Int
  /// Each client's; so many more than clients times this must be queued that nobody finds nothing.
  let jobs: Int
  /// How many bundles of the table the pods offer: `bundle-000001` and so on.
  let bundles: Int

  /// Jobs a second by the clock on the wall: what is waited for is mostly the server.
  func rate() async throws -> Double {
    var connection = try ConnectionSettings(environment: ThisProcess.environment())
    connection.applicationName = "rates"
    let store = BundleStore(connection, connections: clients)
    let catalogue = (1...bundles).compactMap { Slug("bundle-" + $0.padded(6)) }
    // Connected before the clock runs, as those of pgbench are.
    try await withThrowingTaskGroup { group in
      for _ in 0..<clients { group.addTask { _ = try await store.pauses() } }
      try await group.waitForAll()
    }
    let begin = ContinuousClock.now
    try await withThrowingTaskGroup { group in
      for client in 0..<clients {
        group.addTask {
          try await work(store, Worker(owner: OwnerID(ThisProcess.randomUUID()), pod: "pod-\(client)"), catalogue)
        }
      }
      try await group.waitForAll()
    }
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    await store.close()
    return Double(clients * jobs) / seconds
  }

  private func work(_ store: BundleStore, _ worker: Worker, _ catalogue: [Slug]) async throws {
    guard let made = Self.publication else { return }
    for _ in 0..<jobs {
      guard let claim = try await store.claim(worker, catalogue: catalogue, limit: 1).first else {
        throw StoreError(.invalid, "no job was left to claim")
      }
      guard try await store.complete(claim, made) == .ended(.completed) else {
        throw StoreError(.invalid, "job \(claim.job) was lost")
      }
    }
  }

  /// What pgbench's script completes jobs with, too.
  private static var publication: Publication? {
    guard let fingerprint = Fingerprint("fingerprint"),
      let checksum = Checksum(hex: String(repeating: "c", count: 64))
    else { return nil }
    return Publication(
      fingerprint: fingerprint, version: "1.0.0", checksum: checksum, filename: "bundle.tgz", storageKind: .s3,
      storageKey: "bundle.tgz", storageURL: "s3://bucket/bundle.tgz", contentType: "application/gzip", size: 4096,
      cached: false)
  }
}
