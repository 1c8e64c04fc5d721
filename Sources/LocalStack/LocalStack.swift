internal import BundleModel
internal import ProcessControl

/// Both servers of a demonstration: a private Postgres and a private S3 server with the private bucket.
package actor LocalStack {
  /// The bucket of AppHub's charts.
  package static let bucket = "apphub-example-bundles"

  /// The database, nil before the start and after the stop.
  package private(set) var postgres: LocalPostgres?
  /// The object store, nil before the start and after the stop.
  package private(set) var objectStore: LocalS3?
  private let options: LocalPostgres.Options
  private var directory: StackDirectory?

  /// A stack that is not running yet. Its database is durable unless told otherwise.
  package init(postgres options: LocalPostgres.Options = LocalPostgres.Options(durable: true)) {
    self.options = options
  }

  /// Sweeps what killed runs left, then starts both servers; returns when both answer.
  ///
  /// Throws `LocalStackError`; then nothing is left behind.
  package func start() async throws(LocalStackError) {
    if directory != nil { return }
    await Sweep.run()
    let directory = try StackDirectory.create()
    self.directory = directory
    let options = options
    // Side by side: each waits mostly for itself.
    async let database = Self.result { () throws(LocalStackError) in
      try await LocalPostgres.start(in: directory, options: options)
    }
    async let store = Self.result { () throws(LocalStackError) in
      try await LocalS3.start(in: directory, buckets: [Self.bucket])
    }
    let results = (await database, await store)
    postgres = try? results.0.get()
    objectStore = try? results.1.get()
    do throws(LocalStackError) {
      _ = try results.0.get()
      _ = try results.1.get()
    } catch {
      await stop()
      throw error
    }
  }

  /// Stops both servers and removes all they wrote.
  package func stop() async {
    async let database: Void? = postgres?.stop()
    async let store: Void? = objectStore?.stop()
    _ = (await database, await store)
    postgres = nil
    objectStore = nil
    let directory = self.directory
    self.directory = nil
    // Whatever cannot be removed now, the next run sweeps.
    _ = try? await DetachedThread.value { () throws(LocalStackError) in try directory?.remove() }
  }

  /// What a program needs to work with this stack: `DATABASE_URL` and `APPHUB_BUNDLE_STORAGE_*`. Holds secrets.
  package var environment: [String: String] {
    guard let postgres, let objectStore else { return [:] }
    var settings = objectStore.environment(bucket: Self.bucket)
    settings["DATABASE_URL"] = postgres.url().reveal()
    return settings
  }

  /// The temporary directory of this run, nil while it is stopped.
  package var path: String? { directory?.path }

  private static func result<Value: Sendable>(
    _ body: () async throws(LocalStackError) -> Value
  ) async -> Result<Value, LocalStackError> {
    do throws(LocalStackError) {
      return .success(try await body())
    } catch {
      return .failure(error)
    }
  }
}
